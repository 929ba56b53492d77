// What is no safetensors file, and each kind of damage to one, is refused by name.

#include "io/files.hpp"

#include <hifloat/io/safetensors.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace test_io_safetensors_damage {

using namespace io_test;

namespace {

std::string refusal_of(const std::string& header, std::size_t data_size) {
  return refusal<io::SafetensorsReader>(safetensors(header, std::string(data_size, '\0')));
}

}  // namespace

TEST_CASE("what is no safetensors file, or truncated") {
  const std::string header = R"({"x":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})";
  const std::string whole = safetensors(header, std::string(16, '\0'));
  CHECK(refusal<io::SafetensorsReader>(whole).empty());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(contains(refusal<io::SafetensorsReader>(whole.substr(0, size)), "truncated"));
  }
  CHECK(contains(refusal<io::SafetensorsReader>(whole + "x"), "1 bytes at its end belong to no tensor"));
  CHECK(contains(refusal<io::SafetensorsReader>("PK\3\4 is a zip archive"), "its header would exceed 100 MB"));
  CHECK(contains(refusal<io::SafetensorsReader>(safetensors(header, "", ~std::uint64_t{0})), "exceed 100 MB"));
  CHECK(contains(refusal<io::SafetensorsReader>(safetensors("[]", "")), "does not begin with '{'"));
  CHECK(contains(refusal<io::SafetensorsReader>(safetensors(" {}", "")), "does not begin with '{'"));
  CHECK(refusal<io::SafetensorsReader>(safetensors("{}", "")).empty());
  CHECK_THROWS_WITH_AS(io::SafetensorsReader("/no such file"), "hifloat: /no such file: cannot be opened", io::Error);
  CHECK_THROWS_WITH_AS(io::SafetensorsReader("/"), "hifloat: /: not a regular file", io::Error);
}

TEST_CASE("a header that is not what the format has") {
  const auto x = [](const std::string& fields) { return "{\"x\":{" + fields + "}}"; };
  const std::string good = R"("dtype":"F32","shape":[1],"data_offsets":[0,4])";
  CHECK(refusal_of(x(good), 4).empty());
  CHECK(contains(refusal_of("{\"x\":1}", 0), "under 'x' a number where none belongs"));
  CHECK(contains(refusal_of("{\"x\":\"F32\"}", 0), "under 'x' a value where none belongs"));
  CHECK(contains(refusal_of("{\"x\":null}", 0), "a null"));
  CHECK(contains(refusal_of("{\"x\":true}", 0), "a truth value"));
  CHECK(contains(refusal_of("{\"x\":[]}", 0), "a value where none belongs"));
  CHECK(contains(refusal_of(x(""), 0), "not all of dtype, shape and data_offsets"));
  CHECK(contains(refusal_of(x(R"("dtype":"F32","shape":[1])"), 4), "not all of"));
  CHECK(contains(refusal_of(x(good + R"(,"dtype":"F32")"), 4), "twice the field 'dtype'"));
  CHECK(contains(refusal_of(x(good + R"(,"more":"F32")"), 4), "unknown or wrong field 'more'"));
  CHECK(contains(refusal_of(x(R"("dtype":"F33","shape":[1],"data_offsets":[0,4])"), 4), "unknown dtype 'F33'"));
  CHECK(contains(refusal_of(x(R"("dtype":[1],"shape":[1],"data_offsets":[0,4])"), 4), "wrong field 'dtype'"));
  CHECK(contains(refusal_of(x(R"("shape":[-1])"), 4), "a negative number"));
  CHECK(contains(refusal_of(x(R"("shape":[1.0])"), 4), "no whole number below 2^64: '1.0'"));
  CHECK(contains(refusal_of(x(R"("shape":[18446744073709551616])"), 4), "no whole number below 2^64"));
  CHECK(contains(refusal_of(x(R"("shape":["1"])"), 4), "a value where none belongs"));
  CHECK(contains(refusal_of(x(R"("shape":[[1]])"), 4), "a value where none belongs"));
  CHECK(contains(refusal_of(x(R"("shape":{})"), 4), "an object where none belongs"));
  std::string ones = "1";
  for (int rank = 1; rank < 64; ++rank) ones += ",1";
  const auto with_shape = [&](const std::string& shape) {
    return refusal_of(x(R"("dtype":"F32","data_offsets":[0,4],"shape":[)" + shape + "]"), 4);
  };
  CHECK(with_shape(ones).empty());
  CHECK(contains(with_shape(ones + ",1"), "under 'x' a shape of more than 64 dimensions"));
  CHECK(contains(refusal_of(x(R"("data_offsets":[0])"), 4), "data_offsets without two numbers"));
  CHECK(contains(refusal_of(x(R"("data_offsets":[0,4,4])"), 4), "a number where none belongs"));
  CHECK(contains(refusal_of("{\"x\":{" + good + "},\"x\":{" + good + "}}", 4), "twice the tensor 'x'"));
  CHECK(contains(refusal_of(R"({"__metadata__":{"a":1}})", 0), "a number where none belongs"));
  CHECK(contains(refusal_of(R"({"__metadata__":{"a":"1","a":"1"}})", 0), "twice the key 'a'"));
  CHECK(contains(refusal_of(R"({"__metadata__":{},"__metadata__":{}})", 0), "under '__metadata__' twice"));
  CHECK(contains(refusal_of("{\"x\":", 0), "cannot be read as JSON at byte"));
  CHECK(contains(refusal_of("{} {}", 0), "cannot be read as JSON at byte"));
  CHECK(contains(refusal_of(std::string("{}\0{}", 5), 0), "cannot be read as JSON at byte 3"));
  CHECK(contains(refusal_of(x(R"("shape":[1e400])"), 4), "cannot be read as JSON at byte"));
  CHECK(contains(refusal_of("{\"\xff\":1}", 0), "cannot be read as JSON at byte"));
  CHECK(contains(refusal_of("{\"x\":" + std::string(1'000'000, '['), 0), "a value where none belongs"));
  CHECK(contains(refusal_of("{\"x\":{\"shape\":" + std::string(1'000'000, '['), 0), "a value where none belongs"));
  CHECK(refusal_of("{\"" + std::string(1000, 'n') + "\":1}", 0).size() < 200);
}

TEST_CASE("tensors that do not fit the data") {
  const auto tensor = [](const std::string& name, const std::string& shape, int begin, int end) {
    return "\"" + name + R"(":{"dtype":"U8","shape":)" + shape + ",\"data_offsets\":[" + std::to_string(begin) + "," +
           std::to_string(end) + "]}";
  };
  const auto two = [&](int begin, int end) {
    return "{" + tensor("b", "[4]", begin, end) + "," + tensor("a", "[4]", 0, 4) + "}";
  };
  CHECK(refusal_of(two(4, 8), 8).empty());  // in any order
  CHECK(contains(refusal_of(two(3, 7), 7), "tensor 'b': it overlaps with 'a'"));
  CHECK(contains(refusal_of(two(0, 4), 4), "tensor 'b': it overlaps with 'a'"));
  CHECK(contains(refusal_of(two(6, 10), 10), "tensor 'b': there is a hole of 2 bytes before it"));
  CHECK(contains(refusal_of(two(4, 9), 9), "not 4 bytes apart"));
  CHECK(contains(refusal_of(two(8, 4), 8), "not 4 bytes apart"));
  CHECK(contains(refusal_of(two(4, 8), 7), "tensor 'b': truncated: it ends at byte 8 of the data, which has 7"));
  CHECK(contains(refusal_of("{" + tensor("a", "[4294967296,4294967296]", 0, 0) + "}", 0), "more than 2^64 bits"));
  CHECK(contains(refusal_of("{" + tensor("a", "[4294967296,0,4294967296]", 0, 0) + "}", 0), "more than 2^64 bits"));
  CHECK(contains(refusal_of("{" + tensor("a", "[2305843009213693952]", 0, 0) + "}", 0), "more than 2^64 bits"));
  CHECK(contains(refusal_of(R"({"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}})", 2), "do not fill whole bytes"));
}

TEST_CASE("a HiF8 tag that is not one") {
  const auto with = [](const std::string& tag, const char* shape = "[2]", const char* dtype = "U8") {
    return refusal_of(R"({"__metadata__":{"hif8:a":")" + tag + R"("},"a":{"dtype":")" + dtype + R"(","shape":)" +
                          shape + R"(,"data_offsets":[0,2]}})",
                      2);
  };
  CHECK(with("inverse_scale=1 target=15 rounding=ties_away").empty());
  CHECK(with("inverse_scale=1,2 target=15 rounding=mine_2").empty());
  CHECK(contains(with("inverse_scale=1,2,3 target=15 rounding=x"), "tensor 'a': its HiF8 tag has 3 inverse scales"));
  CHECK(contains(with("inverse_scale=1 target=15 rounding=x", "[2]", "I8"), "for elements other than U8"));
  for (const char* const tag :
       {"", "inverse_scale=", "inverse_scale= target=15 rounding=x", "inverse_scale=1,,2 target=15 rounding=x",
        "inverse_scale=0 target=15 rounding=x", "inverse_scale=-1 target=15 rounding=x",
        "inverse_scale=nan target=15 rounding=x", "inverse_scale=1e-38 target=15 rounding=x",
        "inverse_scale=1e999 target=15 rounding=x", "inverse_scale=1 target=inf rounding=x",
        "inverse_scale=1 target=0 rounding=x", "inverse_scale=1 target=15", "inverse_scale=1 target=15 rounding=",
        "inverse_scale=1 target=15 rounding=x more=1", "inverse_scale=1x target=15 rounding=x",
        " inverse_scale=1 target=15 rounding=x", "target=15 inverse_scale=1 rounding=x"}) {
    CAPTURE(tag);
    CHECK(contains(with(tag), "tensor 'a': its HiF8 tag cannot be read"));
  }
  CHECK(
      contains(refusal_of(R"({"__metadata__":{"hif8:b":"x"}})", 0), "a HiF8 tag for a tensor that is not there: 'b'"));
}

}  // namespace test_io_safetensors_damage
