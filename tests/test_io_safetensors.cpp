// safetensors: files from the format's description are read, what is written comes back, and a file is there whole or
// not at all.

#include "io/files.hpp"

#include <hifloat/io/safetensors.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace test_io_safetensors {

namespace hf = hifloat;
using namespace io_test;

namespace {

template <class T>
void check_round_trip(const Folder& folder, const std::vector<std::uint64_t>& shape) {
  io::TensorInfo info{.name = "x", .dtype = io::dtype_of<T>, .shape = shape};
  if constexpr (std::is_same_v<T, hf::hif8_t>) info.hif8 = io::Hif8Tag{{0x1.8p-9f}, 224.0f, "hybrid"};
  const std::vector<T> x = some_elements<T>(io::element_count(info));
  io::SafetensorsWriter writer(folder / "round", {info});
  for (std::size_t first = 0; first < x.size(); first += 100) {
    writer.write(0, std::span(x).subspan(first, std::min<std::size_t>(100, x.size() - first)));
  }
  writer.finish();
  io::SafetensorsReader reader(folder / "round");
  CHECK(reader.tensors() == std::vector{info});
  CHECK(bytes_of(reader.read<T>(0)) == bytes_of(x));
  std::vector<T> middle(x.size() / 2);
  reader.read(0, x.size() / 4, middle);
  CHECK(bytes_of(x).substr(x.size() / 4 * sizeof(T), middle.size() * sizeof(T)) == bytes_of(middle));
}

/// bfloat16 is a format too, but a tensor of it has no inverse scales.
template <class Code>
concept Dequantizes = requires(const io::TensorInfo& tensor, const std::vector<Code>& codes, std::vector<float>& x) {
  io::dequantize(tensor, 0, codes, x);
};
static_assert(Dequantizes<hf::hif8_t> && Dequantizes<hf::hif8<hf::rounding::Stochastic>>);
static_assert(!Dequantizes<hf::bfloat16>);

}  // namespace

TEST_CASE("a file written by hand from the format's description") {
  const std::string header =
      R"({"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[1,2],"data_offsets":[2,10]},)"
      R"("\u00e4/ü":{"shape":[],"dtype":"BF16","data_offsets":[0,2]}}    )";
  const std::string data("\x80\x3f\x00\x00\x80\xbf\x00\x00\x20\x40", 10);
  io::SafetensorsReader reader(in_memory(safetensors(header, data)));
  CHECK(reader.metadata() == io::Metadata{{"format", "pt"}});
  REQUIRE(reader.tensors().size() == 2);
  CHECK(reader.tensors()[0].name == "ä/ü");  // by place
  CHECK(float(reader.read<hf::bfloat16>(0).at(0)) == 1.0f);
  CHECK(reader.index("b") == 1);
  CHECK(reader.tensors()[1].shape == std::vector<std::uint64_t>{1, 2});
  CHECK(reader.read<float>(1) == std::vector{-1.0f, 2.5f});
  CHECK_THROWS_WITH_AS((void)reader.index("c"), "hifloat: file: no tensor 'c'", io::Error);
  std::vector<std::byte> raw(3);
  reader.read(1, 5, raw);
  CHECK(raw == std::vector{std::byte{0}, std::byte{0x20}, std::byte{0x40}});
}

TEST_CASE("HiF8 codes with the inverse scale of each row") {
  const std::string header = R"({"__metadata__":{"hif8:w":"inverse_scale=0.5,0.1 target=15 rounding=ties_away"},)"
                             R"("w":{"dtype":"U8","shape":[2,2],"data_offsets":[0,4]}})";
  // 0x08 is 1, 0x80 NaN (format.md).
  io::SafetensorsReader reader(in_memory(safetensors(header, std::string("\x08\x80\x08\x88", 4))));
  CHECK(reader.metadata().empty());
  const io::TensorInfo& tensor = reader.tensors()[0];
  REQUIRE(tensor.hif8);
  CHECK(*tensor.hif8 == io::Hif8Tag{{0.5f, 0.1f}, 15.0f, "ties_away"});
  const std::vector<hf::hif8_t> codes = reader.read<hf::hif8_t>(0);
  CHECK(bytes_of(codes) == std::string("\x08\x80\x08\x88", 4));
  CHECK(bytes_of(reader.read<std::uint8_t>(0)) == bytes_of(codes));
  std::vector<float> x(3);
  io::dequantize(tensor, 1, std::span(codes).subspan(1), x);
  CHECK(x[0] != x[0]);
  CHECK(x[1] == 0.1f);
  CHECK(x[2] == -0.1f);
  CHECK_THROWS_AS(io::dequantize(tensor, 2, std::span(codes).subspan(1), x), std::invalid_argument);
}

TEST_CASE("codes of a tensor that no reader gave") {
  std::vector<float> x(4, 5.0f);
  const std::vector<hf::hif8_t> codes(4);
  const auto refused = [&](const std::vector<std::uint64_t>& shape, const std::optional<io::Hif8Tag>& tag,
                           std::size_t count, const char* why) {
    const io::TensorInfo tensor{.name = "w", .dtype = io::DType::U8, .shape = shape, .hif8 = tag};
    CHECK_THROWS_WITH_AS(io::dequantize(tensor, 0, std::span(codes).first(count), std::span(x).first(count)),
                         doctest::Contains(why), std::invalid_argument);
  };
  refused({4}, {}, 4, "tensor 'w': its elements are U8 without a HiF8 tag, not HiF8 codes");
  refused({4}, io::Hif8Tag{{}}, 4, "0 inverse scales");
  refused({0}, io::Hif8Tag{{}}, 0, "0 inverse scales");
  refused({4}, io::Hif8Tag{{1, 2, 3}}, 4, "tensor 'w': its HiF8 tag has 3 inverse scales");
  refused({}, io::Hif8Tag{{1, 2}}, 1, "2 inverse scales");
  refused({1ull << 32, 1ull << 32}, io::Hif8Tag{}, 4, "a range goes past");
  CHECK(x == std::vector(4, 5.0f));
}

TEST_CASE("every type and shape comes back") {
  const Folder folder;
  for (const std::vector<std::uint64_t>& shape :
       {std::vector<std::uint64_t>{}, {0}, {7, 0, 3}, {1}, {1000}, {3, 5, 7}, std::vector<std::uint64_t>(64, 1)}) {
    check_round_trip<float>(folder, shape);
    check_round_trip<double>(folder, shape);
    check_round_trip<hf::bfloat16>(folder, shape);
    check_round_trip<hf::binary16>(folder, shape);
    check_round_trip<std::uint8_t>(folder, shape);
    check_round_trip<std::int64_t>(folder, shape);
    check_round_trip<hf::hif8_t>(folder, shape);
  }
}

TEST_CASE("many tensors, written in turns, lie aligned") {
  const Folder folder;
  const io::Metadata metadata{{"format", "pt"}, {"", "\"\\\n\x01 ü"}};
  const std::vector<io::TensorInfo> tensors{
      {.name = "bytes", .dtype = io::DType::U8, .shape = {3}},
      {.dtype = io::DType::F64, .shape = {2}},
      {.name = "a \"quoted\" name", .dtype = io::DType::F4, .shape = {2}},
      {.name = "per row", .dtype = io::DType::U8, .shape = {2, 1}, .hif8 = io::Hif8Tag{{0x1p-126f, 0x1p126f}}},
      {.name = "half", .dtype = io::DType::F16, .shape = {2}}};
  io::SafetensorsWriter writer(folder / "many", tensors, metadata);
  const std::vector<hf::binary16> half{hf::binary16(1.0f), hf::binary16(2.0f)};
  writer.write(4, std::span(half).first(1));
  writer.write(0, std::as_bytes(std::span("abc", 3)));
  writer.write(1, some_elements<double>(2));
  writer.write(2, std::as_bytes(std::span("4", 1)));
  writer.write(3, some_elements<hf::hif8_t>(2));
  writer.write(4, std::span(half).last(1));
  writer.finish();
  io::SafetensorsReader reader(folder / "many");
  CHECK(reader.metadata() == metadata);
  for (const io::TensorInfo& tensor : tensors) CHECK(reader.tensors()[reader.index(tensor.name)] == tensor);
  CHECK(bytes_of(reader.read<hf::binary16>(reader.index("half"))) == bytes_of(half));
  CHECK(reader.index("") == 0);  // the widest elements come first
  const std::string bytes = contents(folder / "many");
  CHECK((static_cast<unsigned char>(bytes[0]) + 8) % 8 == 0);
}

TEST_CASE("calls that do not fit the tensor change nothing") {
  const Folder folder;
  const std::vector<io::TensorInfo> tensors{{.name = "x", .dtype = io::DType::F32, .shape = {3}},
                                            {.name = "u", .dtype = io::DType::U8, .shape = {1}}};
  io::SafetensorsWriter writer(folder / "x", tensors);
  const std::vector<float> x(4);
  const std::vector<std::uint8_t> u(1);
  CHECK_THROWS_AS(writer.write(0, std::span(x)), std::invalid_argument);
  CHECK_THROWS_AS(writer.write(0, u), std::invalid_argument);
  CHECK_THROWS_AS(writer.write(1, some_elements<hf::hif8_t>(1)), std::invalid_argument);
  CHECK_THROWS_AS(writer.write(2, u), std::out_of_range);
  writer.write(0, std::span(x).first(2));
  writer.write(1, u);
  CHECK_THROWS_WITH_AS(writer.finish(), "hifloat: tensor 'x': 8 of its 12 bytes were written", std::invalid_argument);
  CHECK(!std::filesystem::exists(folder / "x"));
  writer.write(0, std::as_bytes(std::span("1", 1)));
  CHECK_THROWS_AS(writer.write(0, std::span(x).first(1)), std::invalid_argument);  // three bytes are missing
  writer.write(0, std::as_bytes(std::span("234", 3)));
  writer.finish();
  io::SafetensorsReader reader(folder / "x");
  std::vector<float> y(2, 5.0f);
  CHECK_THROWS_AS(reader.read(0, 2, y), std::invalid_argument);
  CHECK_THROWS_AS(reader.read(0, ~std::uint64_t{0}, y), std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)reader.read<double>(0), doctest::Contains("its elements are F32, not F64"),
                       std::invalid_argument);
  CHECK_THROWS_AS((void)reader.read<hf::hif8_t>(1), std::invalid_argument);
  CHECK_THROWS_AS((void)reader.read<float>(2), std::out_of_range);
  CHECK_THROWS_AS(reader.read(2, 0, y), std::out_of_range);
  CHECK(y == std::vector{5.0f, 5.0f});
}

TEST_CASE("tensors that no file can have are refused, and no file is left") {
  const Folder folder;
  const auto refused = [&](const io::TensorInfo& tensor, const io::Metadata& metadata, const char* why) {
    const io::TensorInfo x{.name = "x", .dtype = io::DType::F32, .shape = {}};
    CHECK_THROWS_WITH_AS(io::SafetensorsWriter(folder / "bad", {x, tensor}, metadata), doctest::Contains(why),
                         io::Error);
  };
  const auto named = [](const char* name) { return io::TensorInfo{name, io::DType::U8, {2}, {}}; };
  refused(named("x"), {}, "two of that name");
  refused(named("\xff"), {}, "not UTF-8");
  refused(named("__metadata__"), {}, "the metadata's");
  refused(named("y"), {{"\xff", ""}}, "not UTF-8");
  refused(named("y"), {{"", "\xc3"}}, "not UTF-8");
  refused(named("y"), {{"hif8:y", ""}}, "a HiF8 tag's key");
  refused({"y", io::DType::U8, {1ull << 61, 8}, {}}, {}, "2^64 bits");
  refused({"y", io::DType::U8, std::vector<std::uint64_t>(65, 1), {}}, {},
          "'y': it has a shape of more than 64 dimensions");
  refused({"y", io::DType::F32, {2}, io::Hif8Tag{}}, {}, "other than U8");
  refused({"y", io::DType::U8, {2}, io::Hif8Tag{{1, 2, 3}}}, {}, "3 inverse scales");
  refused({"y", io::DType::U8, {2}, io::Hif8Tag{{0.0f}}}, {}, "not allowed");
  refused({"y", io::DType::U8, {2}, io::Hif8Tag{{1.0f}, 15.0f, "two words"}}, {}, "not allowed");
  CHECK(folder.files() == 0);
  CHECK_THROWS_AS(io::SafetensorsWriter(folder / "no/such/folder", {}), io::Error);
}

TEST_CASE("a file is there whole or not at all") {
  const Folder folder;
  const std::vector<io::TensorInfo> tensors{{.name = "x", .dtype = io::DType::U8, .shape = {1 << 20}}};
  const std::vector<std::uint8_t> x(1 << 20, 7);
  {
    io::SafetensorsWriter writer(folder / "x", tensors), beside(folder / "x", tensors);
    writer.write(0, x);
    beside.write(0, std::span(x).first(1));
    CHECK(!std::filesystem::exists(folder / "x"));
    CHECK(folder.files() == 2);
    writer.finish();
  }
  CHECK(folder.files() == 1);
}

TEST_CASE("a file that changes while it is read") {
  const Folder folder;
  io::SafetensorsWriter writer(folder / "x", {{.name = "x", .dtype = io::DType::U8, .shape = {100'000}}});
  writer.write(0, some_elements<std::uint8_t>(100'000));
  writer.finish();
  io::SafetensorsReader reader(folder / "x");
  std::filesystem::resize_file(folder / "x", 50'000);
  CHECK_THROWS_WITH_AS((void)reader.read<std::uint8_t>(0), doctest::Contains("cannot be read at byte"), io::Error);
}

}  // namespace test_io_safetensors
