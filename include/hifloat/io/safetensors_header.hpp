// The header of a safetensors file: which tensors there are, and where.
//
//   u64       length of the header, lowest byte first
//   header    JSON: {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...,
//             "__metadata__": {"key": "text", ...}}, padded with spaces
//   data      what the offsets count in: every byte belongs to one tensor
//
// https://github.com/huggingface/safetensors#format. A tensor of HiF8 codes is one of U8 for which the metadata has the
// text of its Hif8Tag, under "hif8:" and the tensor's name.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <hifloat/config.hpp>
#include <hifloat/io/error.hpp>
#include <hifloat/io/hif8_tag.hpp>
#include <hifloat/io/tensor_info.hpp>

namespace HIFLOAT_NAMESPACE::io {

/// Text that a file has under a key.
using Metadata = std::map<std::string, std::string, std::less<>>;

}  // namespace HIFLOAT_NAMESPACE::io

namespace HIFLOAT_DETAIL_NAMESPACE {

inline constexpr std::uint64_t largest_safetensors_header = 100'000'000;  // the reference implementation's limit
inline constexpr std::string_view metadata_key = "__metadata__", tag_prefix = "hif8:";

struct SafetensorsHeader {
  struct Tensor {
    io::TensorInfo info{};
    std::uint64_t begin = 0, end = 0;  ///< in the data
  };
  std::vector<Tensor> tensors{};
  io::Metadata metadata{};
};

/// Takes the header from the JSON parser piece by piece, and refuses the first one that does not belong there: nothing
/// is nested deeper than the format has it, and nothing is kept but what will be used.
class SafetensorsSax {
  using Json = nlohmann::json;

 public:
  SafetensorsSax(const std::string& file, SafetensorsHeader& header) : file_(file), header_(header) {}

  bool start_object(std::size_t) {
    if (place_ == Place::File) {
      place_ = Place::Top;
    } else if (place_ != Place::Top) {
      refuse("an object where none belongs");
    } else if (key_ == metadata_key) {
      if (std::exchange(has_metadata_, true)) refuse("twice");
      place_ = Place::Metadata;
    } else {
      header_.tensors.emplace_back().info.name = key_;
      seen_ = 0;
      offsets_ = 0;
      place_ = Place::Tensor;
    }
    return true;
  }
  bool key(std::string& text) {
    (place_ == Place::Top ? key_ : field_) = std::move(text);
    return true;
  }
  bool string(std::string& text) {
    if (place_ == Place::Metadata) {
      if (!header_.metadata.emplace(field_, std::move(text)).second) refuse("twice the key " + quoted_text(field_));
      return true;
    }
    see("dtype", 1);
    const std::optional<io::DType> dtype = find_dtype(&DTypeRow::safetensors, text);
    if (!dtype) refuse("an unknown dtype " + quoted_text(text));
    header_.tensors.back().info.dtype = *dtype;
    return true;
  }
  bool start_array(std::size_t) {
    const bool is_shape = field_ == "shape";
    see(is_shape ? "shape" : "data_offsets", is_shape ? 2 : 4);
    place_ = is_shape ? Place::Shape : Place::Offsets;
    return true;
  }
  bool number_unsigned(std::uint64_t number) {
    if (place_ == Place::Shape) {
      std::vector<std::uint64_t>& shape = header_.tensors.back().info.shape;
      if (shape.size() == largest_rank) refuse(rank_flaw);
      shape.push_back(number);
    } else if (place_ == Place::Offsets && offsets_ < 2) {
      (offsets_++ == 0 ? header_.tensors.back().begin : header_.tensors.back().end) = number;
    } else {
      refuse("a number where none belongs");
    }
    return true;
  }
  bool end_array() {
    if (place_ == Place::Offsets && offsets_ != 2) refuse("data_offsets without two numbers");
    place_ = Place::Tensor;
    return true;
  }
  bool end_object() {
    if (place_ == Place::Tensor && seen_ != 7) refuse("not all of dtype, shape and data_offsets");
    place_ = place_ == Place::Top ? Place::File : Place::Top;
    return true;
  }

  bool null() { refuse("a null"); }
  bool boolean(bool) { refuse("a truth value"); }
  bool number_integer(std::int64_t) { refuse("a negative number"); }
  bool number_float(double, const std::string& text) { refuse("no whole number below 2^64: " + quoted_text(text)); }
  bool binary(Json::binary_t&) { refuse("binary data"); }
  template <class Exception>
  bool parse_error(std::size_t position, const std::string&, const Exception&) {
    refuse_file(file_, "its header cannot be read as JSON at byte " + std::to_string(position));
  }

 private:
  enum class Place { File, Top, Metadata, Tensor, Shape, Offsets };

  /// A tensor's field begins; it must have this name, and must not have been there before.
  void see(std::string_view name, unsigned bit) {
    if (place_ != Place::Tensor) refuse("a value where none belongs");
    if (field_ != name) refuse("an unknown or wrong field " + quoted_text(field_));
    if ((seen_ & bit) != 0) refuse("twice the field " + quoted_text(field_));
    seen_ |= bit;
  }
  [[noreturn]] void refuse(const std::string& reason) const {
    refuse_file(file_, "its header has under " + quoted_text(key_) + " " + reason);
  }

  const std::string& file_;
  SafetensorsHeader& header_;
  Place place_ = Place::File;
  std::string key_{}, field_{};
  bool has_metadata_ = false;
  unsigned seen_ = 0, offsets_ = 0;
};

/// Each tensor's bytes are as many as its shape needs, and follow those of the one before, up to the end of the data.
inline void check_layout(const std::string& file, SafetensorsHeader& header, std::uint64_t data_size) {
  const auto place = [](const auto& tensor) { return std::tie(tensor.begin, tensor.end, tensor.info.name); };
  std::ranges::sort(header.tensors, std::less<>(), place);
  std::uint64_t end = 0;
  const SafetensorsHeader::Tensor* before = nullptr;
  for (const SafetensorsHeader::Tensor& tensor : header.tensors) {
    const auto refuse = [&](const std::string& reason) {
      refuse_file(file, "tensor " + quoted_text(tensor.info.name) + ": " + reason);
    };
    if (const std::string reason = flaw(tensor.info); !reason.empty()) refuse(reason);
    const std::uint64_t size = io::byte_size(tensor.info);
    if (tensor.end < tensor.begin || tensor.end - tensor.begin != size) {
      refuse("its data_offsets are not " + std::to_string(size) + " bytes apart, which its shape needs");
    }
    if (tensor.begin < end) refuse("it overlaps with " + quoted_text(before->info.name));
    if (tensor.begin > end) refuse("there is a hole of " + std::to_string(tensor.begin - end) + " bytes before it");
    if (tensor.end > data_size) {
      refuse("truncated: it ends at byte " + std::to_string(tensor.end) + " of the data, which has " +
             std::to_string(data_size));
    }
    end = tensor.end;
    before = &tensor;
  }
  if (end != data_size) refuse_file(file, std::to_string(data_size - end) + " bytes at its end belong to no tensor");
}

/// Moves the HiF8 tags from the metadata to their tensors. No name occurs twice.
inline void take_tags(const std::string& file, SafetensorsHeader& header) {
  std::map<std::string_view, io::TensorInfo*> by_name;
  for (SafetensorsHeader::Tensor& tensor : header.tensors) {
    if (!by_name.emplace(tensor.info.name, &tensor.info).second) {
      refuse_file(file, "twice the tensor " + quoted_text(tensor.info.name));
    }
  }
  for (auto entry = header.metadata.lower_bound(tag_prefix);
       entry != header.metadata.end() && entry->first.starts_with(tag_prefix);) {
    const std::string_view name = std::string_view(entry->first).substr(tag_prefix.size());
    const auto tensor = by_name.find(name);
    if (tensor == by_name.end()) refuse_file(file, "a HiF8 tag for a tensor that is not there: " + quoted_text(name));
    tensor->second->hif8 = parse_tag(entry->second);
    if (!tensor->second->hif8) refuse_file(file, "tensor " + quoted_text(name) + ": its HiF8 tag cannot be read");
    entry = header.metadata.erase(entry);
  }
}

/// The header's text, checked against the size of the data after it.
[[nodiscard]] inline SafetensorsHeader parse_safetensors_header(const std::string& file, std::string_view text,
                                                                std::uint64_t data_size) {
  if (!text.starts_with('{')) refuse_file(file, "not a safetensors file: its header does not begin with '{'");
  SafetensorsHeader header;
  SafetensorsSax sax(file, header);
  if (const std::size_t nul = text.find('\0'); nul != text.npos) {  // where the parser would end, whatever follows
    refuse_file(file, "its header cannot be read as JSON at byte " + std::to_string(nul + 1));
  }
  nlohmann::json::sax_parse(text, &sax);
  take_tags(file, header);
  check_layout(file, header, data_size);
  return header;
}

[[nodiscard]] inline bool is_utf8(const std::string& text) {
  using Handler = nlohmann::json::error_handler_t;
  const nlohmann::json json = text;
  return json.dump(-1, ' ', false, Handler::ignore) == json.dump(-1, ' ', false, Handler::replace);
}

/// The text of a header whose tensors lie one after the other, those of wide elements first, so that each is aligned;
/// sets where they lie. After it and its length the data begins at a multiple of 8.
[[nodiscard]] inline std::string safetensors_header_text(const std::string& file, SafetensorsHeader& header) {
  nlohmann::json json = nlohmann::json::object(), metadata = header.metadata;
  std::vector<SafetensorsHeader::Tensor*> order;
  for (SafetensorsHeader::Tensor& tensor : header.tensors) order.push_back(&tensor);
  // Not stable_sort: libstdc++ 12 has one that clang 19 warns of in the user's build.
  std::ranges::sort(order, [](const auto* a, const auto* b) {
    const auto bits_a = row_of(a->info.dtype).bits, bits_b = row_of(b->info.dtype).bits;
    return bits_a != bits_b ? bits_a > bits_b : a < b;
  });
  std::uint64_t end = 0;
  for (SafetensorsHeader::Tensor* const tensor : order) {
    const io::TensorInfo& info = tensor->info;
    const auto refuse = [&](const std::string& why) {
      refuse_file(file, "tensor " + quoted_text(info.name) + ": " + why);
    };
    if (const std::string reason = flaw(info); !reason.empty()) refuse(reason);
    if (!is_utf8(info.name) || info.name == metadata_key) refuse("its name is not UTF-8, or the metadata's");
    if (json.contains(info.name)) refuse("there are two of that name");
    tensor->begin = end;
    tensor->end = end += io::byte_size(info);
    json[info.name] = {
        {"dtype", io::dtype_name(info.dtype)}, {"shape", info.shape}, {"data_offsets", {tensor->begin, tensor->end}}};
    if (info.hif8) metadata[std::string(tag_prefix) + info.name] = tag_text(*info.hif8);
  }
  for (const auto& [key, text] : header.metadata) {
    if (!is_utf8(key) || !is_utf8(text)) refuse_file(file, "the metadata under " + quoted_text(key) + " is not UTF-8");
    if (key.starts_with(tag_prefix))
      refuse_file(file, "metadata under " + quoted_text(key) + ", which is a HiF8 tag's key");
  }
  if (!metadata.empty()) json[std::string(metadata_key)] = std::move(metadata);
  std::string text = json.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  if (text.size() > largest_safetensors_header) refuse_file(file, "its header would exceed 100 MB");
  return text;
}

}  // namespace HIFLOAT_DETAIL_NAMESPACE
