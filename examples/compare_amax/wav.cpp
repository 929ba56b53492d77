#include "wav.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/input_error.hpp"

namespace compare_amax {
namespace {

using Bytes = std::span<const unsigned char>;

std::uint32_t little_endian(Bytes bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | bytes[i];
  return value;
}

bool has_tag(Bytes bytes, std::string_view tag) {
  return bytes.size() >= 4 && std::equal(tag.begin(), tag.end(), bytes.begin());
}

/// What the fmt chunk says, as far as it matters here.
struct Format {
  std::uint32_t encoding;
  std::uint32_t channels;
  std::uint32_t bits;
};

std::optional<Format> parse_format(Bytes chunk) {
  if (chunk.size() < 16) return std::nullopt;
  Format format{little_endian(chunk.subspan(0, 2)), little_endian(chunk.subspan(2, 2)),
                little_endian(chunk.subspan(14, 2))};
  constexpr std::uint32_t extensible = 0xFFFE;  // the encoding stands in the first word of the sub-format's GUID
  if (format.encoding == extensible && chunk.size() >= 26) format.encoding = little_endian(chunk.subspan(24, 2));
  return format;
}

std::vector<float> mix_down(Bytes data, std::size_t channels) {
  std::vector<float> samples(data.size() / (2 * channels));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    float sum = 0;
    for (std::size_t c = 0; c < channels; ++c) {
      const auto word = static_cast<std::uint16_t>(little_endian(data.subspan(2 * (i * channels + c), 2)));
      sum += static_cast<float>(static_cast<std::int16_t>(word));
    }
    samples[i] = sum / (32768.0f * static_cast<float>(channels));
  }
  return samples;
}

}  // namespace

std::vector<float> read_wav(const std::filesystem::path& path) {
  const auto fail = [&](const std::string& why) -> common::InputError {
    return common::InputError(path.string() + ": " + why);
  };

  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) throw fail("cannot be read");
  const std::vector<unsigned char> content(std::istreambuf_iterator<char>(file), {});

  Bytes rest(content);
  if (rest.size() < 12 || !has_tag(rest, "RIFF") || !has_tag(rest.subspan(8), "WAVE"))
    throw fail("not a RIFF WAVE file");
  rest = rest.subspan(12);

  std::optional<Format> format;
  while (rest.size() >= 8) {
    const Bytes header = rest.first(8);
    rest = rest.subspan(8);
    const std::size_t size = little_endian(header.subspan(4));
    if (size > rest.size()) {
      throw fail("truncated: a chunk of " + std::to_string(size) + " bytes has only " + std::to_string(rest.size()));
    }
    const Bytes chunk = rest.first(size);
    if (has_tag(header, "fmt ")) {
      format = parse_format(chunk);
      if (!format) throw fail("its fmt chunk is too short");
      if (format->encoding != 1 || format->bits != 16 || format->channels == 0) {
        throw fail("not 16-bit PCM (encoding " + std::to_string(format->encoding) + ", " +
                   std::to_string(format->bits) + " bits, " + std::to_string(format->channels) + " channels)");
      }
    } else if (has_tag(header, "data")) {
      if (!format) throw fail("its data comes before its format");
      return mix_down(chunk, format->channels);
    }
    rest = rest.subspan(std::min(rest.size(), size + size % 2));  // chunks are padded to even sizes
  }
  throw fail("truncated: no data chunk");
}

}  // namespace compare_amax
