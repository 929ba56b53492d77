// .npy: files as numpy writes them are read, each kind of damage is refused by name, what is written comes back, and
// numpy reads it where there is one.

#include "io/files.hpp"

#include <hifloat/hifloat.hpp>
#include <hifloat/io/npy.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace test_io_npy {

namespace hf = hifloat;
using namespace io_test;
using namespace std::string_literals;

namespace {

/// Version 1, with a header that need not be padded.
std::string npy(const std::string& header, const std::string& data) {
  return "\x93NUMPY\1\0"s + static_cast<char>(header.size() & 0xFF) + static_cast<char>(header.size() >> 8) + header +
         data;
}
std::string npy(const std::string& descr, const std::string& shape, const std::string& data) {
  return npy("{'descr': " + descr + ", 'fortran_order': False, 'shape': " + shape + ", }\n", data);
}

std::string refusal_of(const std::string& bytes) { return refusal<io::NpyReader>(bytes); }

template <class T>
io::TensorInfo tensor(std::vector<std::uint64_t> shape) {
  io::TensorInfo info{.dtype = io::dtype_of<T>, .shape = std::move(shape)};
  if constexpr (std::is_same_v<T, hf::hif8_t>) info.hif8 = io::Hif8Tag{{0x1.8p-9f}, 224.0f, "hybrid"};
  return info;
}

template <class T>
std::vector<T> write_some(const std::filesystem::path& path, const io::TensorInfo& info) {
  std::vector<T> x = some_elements<T>(io::element_count(info));
  io::NpyWriter writer(path, info);
  for (std::size_t first = 0; first < x.size(); first += 100) {
    writer.write(std::span(x).subspan(first, std::min<std::size_t>(100, x.size() - first)));
  }
  writer.finish();
  return x;
}

template <class T>
void check_round_trip(const Folder& folder, const std::vector<std::uint64_t>& shape) {
  const io::TensorInfo info = tensor<T>(shape);
  const std::vector<T> x = write_some<T>(folder / "round", info);
  io::NpyReader reader(folder / "round");
  CHECK(reader.tensor() == info);
  CHECK_FALSE(reader.is_column_major());
  CHECK(bytes_of(reader.read<T>()) == bytes_of(x));
  std::vector<T> middle(x.size() / 2);
  reader.read(x.size() / 4, middle);
  CHECK(bytes_of(x).substr(x.size() / 4 * sizeof(T), middle.size() * sizeof(T)) == bytes_of(middle));
}

}  // namespace

TEST_CASE("files as numpy writes them") {  // numpy 1.24: save(file, ...)
  const std::string half =
      "\x93NUMPY\1\0v\0{'descr': '<f2', 'fortran_order': True, 'shape': (2, 3), }"s + std::string(59, ' ') + "\n";
  io::NpyReader ordered(in_memory(half + std::string("\0\x3c\0\0\0\0\0\0\0\0\0\0", 12)));
  CHECK(ordered.tensor() == tensor<hf::binary16>({2, 3}));
  CHECK(ordered.is_column_major());
  CHECK(float(ordered.read<hf::binary16>().at(0)) == 1.0f);

  const std::string number =
      "\x93NUMPY\1\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (), }"s + std::string(62, ' ') + "\n\0\0@@"s;
  io::NpyReader single(in_memory(number));
  CHECK(single.tensor() == tensor<float>({}));
  CHECK(single.read<float>() == std::vector{3.0f});

  const std::string codes =
      "\x93NUMPY\1\0\xb6\0{'descr': [(('inverse_scale=0.5 target=15 rounding=ties_even', 'hif8'), '|u1')], "s +
      "'fortran_order': False, 'shape': (3,), }" + std::string(60, ' ') + "\n\x08\x80\x88";
  io::NpyReader hif8(in_memory(codes));
  REQUIRE(hif8.tensor().hif8);
  CHECK(*hif8.tensor().hif8 == io::Hif8Tag{{0.5f}, 15.0f, "ties_even"});
  std::vector<float> x(3);
  io::dequantize(hif8.tensor(), 0, hif8.read<hf::hif8_t>(), x);
  CHECK(x[0] == 0.5f);
  CHECK(x[1] != x[1]);
  CHECK(x[2] == -0.5f);
  CHECK(bytes_of(hif8.read<std::uint8_t>()) == "\x08\x80\x88");
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

TEST_CASE("what is no .npy file, truncated or too long") {
  const std::string whole = npy("'<f4'", "(2, 2)", std::string(16, '\0'));
  CHECK(refusal_of(whole).empty());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(contains(refusal_of(whole.substr(0, size)), "truncated"));
  }
  CHECK(contains(refusal_of(whole + "x"), "too long: 17 bytes of elements, where its shape needs 16"));
  CHECK(contains(refusal_of("PK\3\4 is a zip archive"), "not a .npy file"));
  std::string other = whole;
  other[6] = 4;
  CHECK(contains(refusal_of(other), "version 4.0"));
  other[6] = 2;  // the length takes two more bytes, of the text
  CHECK(contains(refusal_of(other), "its header would exceed 64 KiB"));
  CHECK(contains(refusal_of("\x93NUMPY\2\0\0\0\1\0"s + std::string(0x10000, ' ')), "its header would exceed 64 KiB"));
  CHECK(contains(refusal_of("\x93NUMPY\2\0\xff\xff\0\0{"s), "truncated: its header has 65535 bytes, the file 13"));
  CHECK(refusal_of("\x93NUMPY\2\0"s + whole.substr(8, 2) + "\0\0"s + whole.substr(10)).empty());
}

TEST_CASE("a header that numpy does not write") {
  const auto header = [](const std::string& text) { return refusal_of(npy(text, "")); };
  const auto with_shape = [](const char* shape) { return refusal_of(npy("'<f4'", shape, "")); };
  const auto with_descr = [](const char* descr) { return refusal_of(npy(descr, "(0,)", "")); };
  const std::string entries = "'descr': '<f4', 'fortran_order': False, 'shape': (0,)";
  CHECK(header("{" + entries + "}").empty());
  CHECK(header("{ 'shape':(0,0),\"descr\":'<f4','fortran_order':True}").empty());
  CHECK(contains(header("   "), "something else where '{' belongs"));
  CHECK(contains(header("{" + entries), "something else where '}' belongs"));
  CHECK(contains(header("{}    "), "not exactly a dictionary"));
  CHECK(contains(header("{" + entries + "} x"), "not exactly a dictionary"));
  CHECK(contains(header("{" + entries + ", 'descr': '<f4'}"), "an unknown key or one twice: 'descr'"));
  CHECK(contains(header("{" + entries + ", 'more': '<f4'}"), "an unknown key or one twice: 'more'"));
  CHECK(contains(header("{'fortran_order': 1}"), "neither True nor False"));
  CHECK(contains(header("{'descr': '<f4"), "something else where a string belongs"));
  CHECK(contains(header("{'descr': '\\x00'}"), "a string with a backslash"));
  CHECK(contains(header("{'descr': __import__('os')}"), "something else where a string belongs"));
  for (const char* const shape :
       {"(-1,)", "(1.0,)", "(18446744073709551616,)", "('1',)", "(,)", "((1,),)", "(0L,)", "(+1,)"}) {
    CAPTURE(shape);
    CHECK_FALSE(with_shape(shape).empty());
  }
  CHECK(contains(with_shape("(0)"), "(n) in place of (n,)"));
  CHECK(contains(with_shape("0"), "'(' belongs"));
  CHECK(contains(with_shape("(4294967296, 4294967296)"), "more than 2^64 bits"));
  const auto zeros = [](int rank) {
    std::string text = "(";
    while (rank-- != 0) text += "0,";
    return text + ")";
  };
  CHECK(with_shape(zeros(64).c_str()).empty());
  CHECK(contains(with_shape(zeros(65).c_str()), "a shape of more than 64 dimensions"));
  for (const char* const descr : {"'>f4'", "'=f4'", "'<f3'", "'<U4'", "'|O'", "''"}) {
    CAPTURE(descr);
    CHECK(contains(with_descr(descr), "elements of a type that is not known here"));
  }
  CHECK(contains(with_descr("[('a', '<f4')]"), "records that are not known here: 'a'"));
  CHECK(contains(with_descr("[('hif8', '|u1')]"), "HiF8 codes whose tag cannot be read"));
  CHECK(contains(with_descr("[(('x', 'hif8'), '|u1')]"), "HiF8 codes whose tag cannot be read: 'x'"));
  CHECK(contains(with_descr("[('hif8', '<u2')]"), "records that are not known here"));
  CHECK(contains(with_descr("[(('x', 'bfloat16'), '<u2')]"), "records that are not known here"));
  CHECK(contains(with_descr("[('bfloat16', '<u2'), ('b', '<u2')]"), "something else where ']' belongs"));
  CHECK(contains(with_descr("[(('inverse_scale=1,2 target=15 rounding=x', 'hif8'), '|u1')]"), "2 inverse scales"));
}

TEST_CASE("what no .npy file has is refused, and no file is left") {
  const Folder folder;
  io::TensorInfo rows = tensor<hf::hif8_t>({2, 2});
  rows.hif8->inverse_scales = {1, 2};
  CHECK_THROWS_WITH_AS(io::NpyWriter(folder / "x", rows), doctest::Contains("one inverse scale"), io::Error);
  rows.hif8 = io::Hif8Tag{{1}, 15.0f, std::string(0x10000, 'x')};
  CHECK_THROWS_WITH_AS(io::NpyWriter(folder / "x", rows), doctest::Contains("exceed 64 KiB"), io::Error);
  CHECK_THROWS_WITH_AS(io::NpyWriter(folder / "x", tensor<float>(std::vector<std::uint64_t>(65, 1))),
                       doctest::Contains("more than 64 dimensions"), io::Error);
  io::TensorInfo four_bits{.dtype = io::DType::F4, .shape = {2}};
  CHECK_THROWS_WITH_AS(io::NpyWriter(folder / "x", four_bits), doctest::Contains("type F4"), io::Error);
  CHECK_THROWS_AS(io::NpyWriter(folder / "x", tensor<float>({1ull << 32, 1ull << 32})), io::Error);
  {
    io::NpyWriter writer(folder / "x", tensor<float>({2}));
    const std::vector<float> x(3);
    CHECK_THROWS_WITH_AS(writer.write(x), doctest::Contains("past its 2 elements"), std::invalid_argument);
    CHECK_THROWS_WITH_AS(writer.write(std::as_bytes(std::span(x))), doctest::Contains("past its 8 bytes"),
                         std::invalid_argument);
    CHECK_THROWS_WITH_AS(writer.write(std::vector<double>(1)), "hifloat: the tensor: its elements are F32, not F64",
                         std::invalid_argument);
    writer.write(std::span(x).first(1));
    CHECK_THROWS_WITH_AS(writer.finish(), doctest::Contains("4 of its 8 bytes"), std::invalid_argument);
  }
  CHECK(folder.files() == 0);
}

TEST_CASE("numpy reads what is written, and its copy is read") {
  const Folder folder;
  std::string python;
  for (const char* const candidate : {"python3", "/usr/bin/python3"}) {
    if (!python.empty()) break;
    if (std::system((candidate + " -c 'import numpy' 2>/dev/null"s).c_str()) == 0) python = candidate;
  }
  if (python.empty()) {
    MESSAGE("skipped: no python3 with numpy");
    return;
  }
  const auto f32 = write_some<float>(folder / "f32.npy", tensor<float>({3, 5}));
  const auto f16 = write_some<hf::binary16>(folder / "f16.npy", tensor<hf::binary16>({4}));
  const auto f64 = write_some<double>(folder / "f64.npy", tensor<double>({}));
  const auto bf16 = write_some<hf::bfloat16>(folder / "bf16.npy", tensor<hf::bfloat16>({0, 2}));
  const auto codes = write_some<hf::hif8_t>(folder / "hif8.npy", tensor<hf::hif8_t>({2, 3}));
  std::ofstream(folder / "copy.py") << R"(
import numpy
expected = {"f32": ("<f4", (3, 5)), "f16": ("<f2", (4,)), "f64": ("<f8", ()), "bf16": ([("bfloat16", "<u2")], (0, 2)),
            "hif8": ([(("inverse_scale=0.0029296875 target=224 rounding=hybrid", "hif8"), "u1")], (2, 3))}
for name, (dtype, shape) in expected.items():
    x = numpy.load(name + ".npy")
    assert x.dtype == numpy.dtype(dtype) and x.shape == shape, (name, x.dtype, x.shape)
    if name == "hif8":
        assert x["hif8"].dtype == numpy.uint8
        assert x.dtype.fields["hif8"][2] == "inverse_scale=0.0029296875 target=224 rounding=hybrid"
    numpy.save(name + "_copy.npy", x)
)";
  REQUIRE(std::system(("cd '" + (folder / "").string() + "' && " + python + " copy.py").c_str()) == 0);
  for (const char* const name : {"f32", "f16", "f64", "bf16", "hif8"}) {
    CAPTURE(name);
    io::NpyReader ours(folder / (name + ".npy"s).c_str()), numpys(folder / (name + "_copy.npy"s).c_str());
    CHECK(numpys.tensor() == ours.tensor());
    std::vector<std::byte> a(io::byte_size(ours.tensor())), b(a.size());
    ours.read(0, a);
    numpys.read(0, b);
    CHECK(a == b);
  }
  CHECK(bytes_of(io::NpyReader(folder / "hif8_copy.npy").read<hf::hif8_t>()) == bytes_of(codes));
}

}  // namespace test_io_npy
