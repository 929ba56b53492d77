#include "checkpoint.hpp"

#include <cstddef>
#include <fstream>
#include <string>
#include <vector>

#include <hifloat/storage.hpp>

#include "common/input_error.hpp"

namespace language {
namespace {

using common::InputError;
using hifloat::bfloat16;

template <class Stream>
Stream opened(const std::filesystem::path& path) {
  Stream stream(path, std::ios::binary);
  if (!stream) throw InputError(path.string() + " cannot be opened");
  return stream;
}

}  // namespace

Vector read_parameters(const Layout& layout, const std::filesystem::path& path) {
  auto file = opened<std::ifstream>(path);
  Vector parameters = Vector::Zero(layout.size());
  for (const Tensor& tensor : layout.tensors()) {
    std::vector<bfloat16> numbers(static_cast<std::size_t>(tensor.rows * tensor.columns));
    file.read(reinterpret_cast<char*>(numbers.data()), static_cast<std::streamsize>(numbers.size() * sizeof(bfloat16)));
    auto map = tensor.of(parameters);
    for (std::size_t i = 0; i < numbers.size(); ++i) map.data()[i] = static_cast<float>(numbers[i]);
  }
  if (!file || file.peek() != std::ifstream::traits_type::eof() || !parameters.allFinite()) {
    throw InputError(path.string() + " is no checkpoint of " + std::to_string(layout.count()) + " bfloat16 numbers");
  }
  return parameters;
}

void write_parameters(const Layout& layout, const Vector& parameters, const std::filesystem::path& path) {
  auto file = opened<std::ofstream>(path);
  for (const Tensor& tensor : layout.tensors()) {
    const auto map = tensor.of(parameters);
    for (Index i = 0; i < map.size(); ++i) {
      const bfloat16 number(map.data()[i]);
      file.write(reinterpret_cast<const char*>(&number), sizeof number);
    }
  }
  if (!file.flush()) throw InputError(path.string() + " cannot be written");
}

}  // namespace language
