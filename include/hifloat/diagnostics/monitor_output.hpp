// A monitor's steps as text for other programs: CSV, and JSON lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include <hifloat/config.hpp>
#include <hifloat/diagnostics/scaling_monitor.hpp>
#include <hifloat/number_text.hpp>

namespace HIFLOAT_NAMESPACE::diagnostics {

/// The first line of write_csv's.
inline constexpr std::string_view csv_header =
    "tensor,step,amax,scale,overshoot,headroom,age,count,demoted,overflowed,flushed,non_finite\n";

}  // namespace HIFLOAT_NAMESPACE::diagnostics

namespace HIFLOAT_DETAIL_NAMESPACE {

[[nodiscard]] inline std::string quoted_for_csv(std::string_view name) {
  if (name.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(name);
  std::string text = "\"";
  for (const char c : name) text.append(c == '"' ? 2 : 1, c);
  return text + '"';
}

[[nodiscard]] inline std::string quoted_for_json(std::string_view name) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text = "\"";
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      text += "\\u00";
      text += hex[byte >> 4];
      text += hex[byte & 15];
    } else {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
  }
  return text + '"';
}

/// Calls put(name, value) for each figure of a step, in the order of the header.
template <class Put>
void for_each_figure(const diagnostics::MonitoredStep& step, Put&& put) {
  put("step", step.step);
  put("amax", step.stats.amax);
  put("scale", step.scale);
  put("overshoot", step.overshoot());
  put("headroom", step.headroom());
  put("age", step.age);
  put("count", step.stats.count);
  put("demoted", step.stats.demoted);
  put("overflowed", step.stats.overflowed);
  put("flushed", step.stats.flushed_to_zero);
  put("non_finite", step.stats.non_finite);
}

[[nodiscard]] inline bool has_number(double x) noexcept { return is_finite(x); }
[[nodiscard]] inline bool has_number(float x) noexcept { return is_finite(static_cast<double>(x)); }
[[nodiscard]] inline bool has_number(std::uint32_t age) noexcept { return age != diagnostics::MonitoredStep::no_age; }
[[nodiscard]] inline bool has_number(std::uint64_t) noexcept { return true; }

}  // namespace HIFLOAT_DETAIL_NAMESPACE

namespace HIFLOAT_DIAGNOSTICS_NAMESPACE {

/// The remembered steps, oldest first, a line each, without csv_header. An amax that is not finite is written as inf or
/// nan; a figure that a step does not have is an empty field.
inline void write_csv(std::ostream& out, const ScalingMonitor& monitor) {
  const std::string name = detail::quoted_for_csv(monitor.name());
  std::string line;
  for (std::size_t i = 0; i < monitor.size(); ++i) {
    line = name;
    detail::for_each_figure(monitor[i], [&](std::string_view figure, auto value) {
      line += ',';
      if (detail::has_number(value) || figure == "amax") detail::append_number(line, value);
    });
    line += '\n';
    out.write(line.data(), static_cast<std::streamsize>(line.size()));
  }
}

/// The same as JSON objects, one a line. JSON has neither infinity nor NaN: such figures are null.
inline void write_json_lines(std::ostream& out, const ScalingMonitor& monitor) {
  const std::string name = "{\"tensor\":" + detail::quoted_for_json(monitor.name());
  std::string line;
  for (std::size_t i = 0; i < monitor.size(); ++i) {
    line = name;
    detail::for_each_figure(monitor[i], [&](std::string_view figure, auto value) {
      line.append(",\"").append(figure).append("\":");
      if (detail::has_number(value)) {
        detail::append_number(line, value);
      } else {
        line += "null";
      }
    });
    line += "}\n";
    out.write(line.data(), static_cast<std::streamsize>(line.size()));
  }
}

}  // namespace HIFLOAT_DIAGNOSTICS_NAMESPACE
