// The new file has the codes, scales and figures that quantizing each tensor in one piece gives; it is there whole or
// not at all; and a large one takes no more memory than a small one.

#include "quantize_file/file_quantizer.hpp"

#include <hifloat/diagnostics/quantization_error.hpp>
#include <hifloat/formats/small_float.hpp>
#include <hifloat/io/safetensors.hpp>
#include <hifloat/scaling/current_scaler.hpp>

#include <doctest/doctest.h>

#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <random>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "common/input_error.hpp"

namespace {

namespace fs = std::filesystem;
namespace hf = hifloat;
namespace io = hifloat::io;
using quantize_file::Options;
using quantize_file::Rounding;

const fs::path folder = fs::current_path() / "quantize_file_work";

template <class T>
std::vector<T> some_numbers(std::size_t n) {
  std::mt19937_64 random(n);
  std::normal_distribution<float> normal(0, 0.02f);
  std::vector<T> x(n);
  for (T& element : x) element = static_cast<T>(normal(random));
  return x;
}

constexpr std::size_t rows = 3, row_size = 700'000;  // pieces of 2^20 elements end within a row

/// What the tests quantize; written once.
const fs::path& input() {
  static const fs::path path = [] {
    fs::remove_all(folder);
    fs::create_directories(folder);
    io::SafetensorsWriter writer(folder / "in",
                                 {{.name = "half", .dtype = io::DType::F16, .shape = {rows, row_size}},
                                  {.name = "brain", .dtype = io::DType::BF16, .shape = {200, 3}},
                                  {.name = "single", .dtype = io::DType::F32, .shape = {50, 2}},
                                  {.name = "number", .dtype = io::DType::F64, .shape = {}},
                                  {.name = "nothing", .dtype = io::DType::F32, .shape = {0, 3}},
                                  {.name = "zeros", .dtype = io::DType::F32, .shape = {4}},
                                  {.name = "ids", .dtype = io::DType::I64, .shape = {3}}},
                                 {{"format", "pt"}});
    writer.write(0, some_numbers<hf::binary16>(rows * row_size));
    writer.write(1, some_numbers<hf::bfloat16>(600));
    std::vector<float> single = some_numbers<float>(100);
    single[0] = -std::numeric_limits<float>::infinity();
    single[99] = std::numeric_limits<float>::quiet_NaN();
    writer.write(2, single);
    writer.write(3, std::vector{-3.5});
    writer.write(5, std::vector<float>(4));
    writer.write(6, std::vector<std::int64_t>{1, -2, 3});
    writer.finish();
    return folder / "in";
  }();
  return path;
}

quantize_file::FileReport run(Options options) {
  options.input = input();
  options.output = folder / "out";
  return quantize_file::quantize_file(options, [] { return true; });
}

/// A tensor of the new file is what quantizing it row by row, or as a whole, makes of the old one's.
template <class Code, class T>
void check_tensor(const Options& options, const std::string& name, const quantize_file::TensorReport& report) {
  CAPTURE(name);
  io::SafetensorsReader before(input()), after(folder / "out");
  const std::vector<T> x = before.read<T>(before.index(name));
  const io::TensorInfo& info = after.tensors()[after.index(name)];
  REQUIRE(info.hif8);
  CHECK(info.shape == before.tensors()[before.index(name)].shape);
  CHECK(info.hif8->target == options.target);
  CHECK(info.hif8->rounding == io::rounding_name<typename Code::rounding_policy>);
  const std::size_t channels = info.hif8->inverse_scales.size();
  CHECK(channels == (options.per_channel && info.shape.size() > 1 && !x.empty() ? info.shape[0] : 1));

  const hf::CurrentScaler scaler({.target = options.target});
  const auto codes = after.read<Code>(after.index(name));
  std::vector<float> restored(x.size());
  io::dequantize(info, 0, codes, restored);
  hf::diagnostics::QuantizationErrorSums e4m3;
  hf::QuantizeStats stats;
  hf::diagnostics::TierHistogram tiers;
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const std::size_t size = x.size() / channels;
    const std::span row = std::span(x).subspan(channel * size, size);
    const auto expected = scaler.quantize<Code>(row);
    CHECK(info.hif8->inverse_scales[channel] == expected.inverse_scale());
    const auto same = std::ranges::equal(std::as_bytes(std::span(expected.codes())),
                                         std::as_bytes(std::span(codes).subspan(channel * size, size)));
    CHECK(same);
    stats += expected.stats();
    tiers.add<Code>(row, scaler.scale_for(hf::finite_abs_max(row)));
    std::vector<float> other(size);
    hf::fake_quantize<hf::formats::e4m3fn>(row, other,
                                           hf::CurrentScaler({.target = 448.0f}).scale_for(hf::finite_abs_max(row)));
    e4m3.add(row, other);
  }
  CHECK(report.info.name == name);
  CHECK(report.stats == stats);
  CHECK(report.tiers == tiers);
  CHECK(report.amax == hf::finite_abs_max(x));
  const auto same = [](double a, double b) { return a == b || (a != a && b != b); };
  CHECK(same(report.sqnr[0], hf::diagnostics::quantization_error(x, restored).sqnr));
  CHECK(same(report.sqnr[1], e4m3.error().sqnr));
}

template <class R>
void check_all(const Options& options) {
  using Code = hf::hif8<R, hf::overflow::Infinity>;
  const quantize_file::FileReport report = run(options);
  CHECK(report.copied == 1);
  REQUIRE(report.tensors.size() == 6);
  for (const quantize_file::TensorReport& tensor : report.tensors) {
    const std::string& name = tensor.info.name;
    if (name == "half") check_tensor<Code, hf::binary16>(options, name, tensor);
    if (name == "brain") check_tensor<Code, hf::bfloat16>(options, name, tensor);
    if (name == "single" || name == "nothing" || name == "zeros") check_tensor<Code, float>(options, name, tensor);
    if (name == "number") check_tensor<Code, double>(options, name, tensor);
  }
  io::SafetensorsReader after(folder / "out");
  CHECK(after.tensors().size() == 7);
  CHECK(after.metadata() == io::Metadata{{"format", "pt"}});
  CHECK(after.read<std::int64_t>(after.index("ids")) == std::vector<std::int64_t>{1, -2, 3});
}

/// As main's, with a shell in between; `limits` go before the command.
int run_program(const std::string& limits, const fs::path& from, const fs::path& to) {
  const auto quote = [](const fs::path& path) { return " '" + path.string() + "'"; };
  return std::system((limits + quote(HIFLOAT_QUANTIZE_FILE) + quote(from) + quote(to) + " > /dev/null").c_str());
}

/// A file of one tensor of zeros, of which the disk has nothing.
fs::path sparse_file(const std::string& dtype, std::uint64_t element_size, std::uint64_t megabytes) {
  const std::uint64_t bytes = megabytes << 20;
  std::string header = R"({"x":{"dtype":")" + dtype + R"(","shape":[)" + std::to_string(bytes / element_size) +
                       R"(],"data_offsets":[0,)" + std::to_string(bytes) + "]}}";
  header.resize(128, ' ');
  fs::path path = (input(), folder / "sparse");
  std::ofstream(path, std::ios::binary) << std::string("\x80\0\0\0\0\0\0\0", 8) << header;
  fs::resize_file(path, 8 + header.size() + bytes);
  return path;
}

/// As main's, with nothing in between: signals reach it.
pid_t start_program(std::string from, std::string to) {
  std::string name = HIFLOAT_QUANTIZE_FILE;
  char* const arguments[] = {name.data(), from.data(), to.data(), nullptr};
  pid_t program = 0;
  REQUIRE(::posix_spawn(&program, name.c_str(), nullptr, nullptr, arguments, nullptr) == 0);
  return program;
}

/// Until there is something in the file, or the program has ended without.
void wait_for_bytes(const fs::path& file, pid_t program) {
  std::error_code error;
  while (!fs::exists(file, error) || fs::file_size(file, error) == 0 || error) {
    siginfo_t ended{};
    REQUIRE(::waitid(P_PID, static_cast<id_t>(program), &ended, WEXITED | WNOHANG | WNOWAIT) == 0);
    REQUIRE(ended.si_pid == 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

bool is_full_run() { return std::getenv("HIFLOAT_TEST_FULL") != nullptr; }

}  // namespace

TEST_CASE("codes, scales and figures are those of whole tensors") {
  check_all<hf::rounding::TiesAway>({});
  check_all<hf::rounding::TiesEven>({.target = 224.0f, .rounding = Rounding::TiesEven, .per_channel = true});
  check_all<hf::rounding::Hybrid>({.target = 32768.0f, .rounding = Rounding::Hybrid, .per_channel = true});
}

TEST_CASE("the report names what is not finite, and nothing steers the terminal") {
  quantize_file::FileReport report = run({});
  report.tensors[0].info.name = "\x1b[2J";
  std::ostringstream out;
  print_report(out, report.tensors, report.copied);
  CHECK(out.str().find("single: 2 elements are infinite or NaN") != std::string::npos);
  CHECK(out.str().find("6 tensors quantized, 1 copied") != std::string::npos);
  CHECK(out.str().find('\x1b') == std::string::npos);
}

TEST_CASE("interrupted, it leaves the old file and no other") {
  (void)run({});
  const auto time = fs::last_write_time(folder / "out");
  const auto files = std::distance(fs::directory_iterator(folder), {});
  static int pieces;
  for (int stop = 0; stop < 12; stop += 3) {
    pieces = stop;
    CHECK_THROWS_AS(
        (void)quantize_file::quantize_file({.input = input(), .output = folder / "out"}, [] { return pieces-- > 0; }),
        std::runtime_error);
  }
  CHECK(fs::last_write_time(folder / "out") == time);
  CHECK(std::distance(fs::directory_iterator(folder), {}) == files);
}

TEST_CASE("a file that can't be written is refused before the input is read") {
  static bool reads;
  reads = false;
  const auto go_on = [] { return reads = true; };
  for (const fs::path& output : {folder / "no/such/folder", folder}) {
    CHECK_THROWS_AS((void)quantize_file::quantize_file({.input = input(), .output = output}, go_on), io::Error);
  }
  CHECK_FALSE(reads);
}

TEST_CASE("a file may take its own place") {
  (void)run({});
  fs::copy_file(input(), folder / "self");
  (void)quantize_file::quantize_file({.input = folder / "self", .output = folder / "self"}, [] { return true; });
  CHECK(fs::file_size(folder / "self") == fs::file_size(folder / "out"));
}

TEST_CASE("memory does not grow with the file") {
  const std::uint64_t megabytes = is_full_run() ? 1200 : 100;
  const fs::path file = sparse_file("F32", 4, megabytes);
  REQUIRE(run_program("ulimit -v 60000; ", file, folder / "codes") == 0);  // in KiB, of which libraries take a part
  io::SafetensorsReader reader(folder / "codes");
  CHECK(io::byte_size(reader.tensors()[0]) == (megabytes << 20) / 4);
  fs::remove(folder / "codes");
}

TEST_CASE("a signal ends it without a half file") {
  const fs::path file = sparse_file("U8", 1, 8192);  // seconds to copy: it is there when the signal comes
  std::ofstream(folder / "old") << "old";
  const auto files = std::distance(fs::directory_iterator(folder), {});
  for (const char* const target : {"old", "new"}) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      CAPTURE(signal);
      const pid_t program = start_program(file, folder / target);
      wait_for_bytes(folder / (std::string(target) + ".part"), program);
      CHECK(::kill(program, signal) == 0);
      int status = 0;
      REQUIRE(::waitpid(program, &status, 0) == program);
      CHECK(WIFSIGNALED(status));  // a shell that runs it in a loop ends too
      CHECK(WTERMSIG(status) == signal);
      CHECK(std::distance(fs::directory_iterator(folder), {}) == files);
      CHECK(fs::file_size(folder / "old") == 3);
    }
  }
  fs::remove(folder / "old");
}
