// A safetensors file with HiF8 codes in place of its numbers, and what that costs. See --help.
#include <csignal>
#include <iostream>

#include <hifloat/io/error.hpp>

#include "common/arguments.hpp"
#include "common/input_error.hpp"
#include "file_quantizer.hpp"
#include "options.hpp"
#include "tensor_report.hpp"

namespace {

using namespace quantize_file;

volatile std::sig_atomic_t interrupted_by = 0;  // a signal

void run(const Options& options) {
  if (options.help) {
    std::cout << help_text;
    return;
  }
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    // What is ignored stays so, as under nohup.
    if (std::signal(signal, [](int number) { interrupted_by = number; }) == SIG_IGN) std::signal(signal, SIG_IGN);
  }
  try {
    const FileReport report = quantize_file::quantize_file(options, [] { return interrupted_by == 0; });
    print_report(std::cout, report.tensors, report.copied);
  } catch (const hifloat::io::Error& error) {
    throw common::InputError(error.what());
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int code = common::run_program("quantize_file", [&] { run(parse_options(argc, argv)); });
  if (const int signal = interrupted_by; code != 0 && signal != 0) {
    // Whoever waits for this program, such as a shell's loop, has to see why it ended.
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
  return code;
}
