#include "ptx_text.hpp"

#include "program.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace gpu_emulator {

namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' || c == '%' || c == '.';
}

/// Comments become spaces; lines stay where they are.
std::string without_comments(std::string_view text) {
  std::string clean(text);
  for (std::size_t i = 0; i + 1 < clean.size(); ++i) {
    if (clean.compare(i, 2, "//") == 0) {
      for (; i < clean.size() && clean[i] != '\n'; ++i) clean[i] = ' ';
    } else if (clean.compare(i, 2, "/*") == 0) {
      const std::size_t end = std::min(clean.find("*/", i) + 2, clean.size());
      for (; i < end; ++i) {
        if (clean[i] != '\n') clean[i] = ' ';
      }
    }
  }
  return clean;
}

std::uint32_t lines_in(std::string_view text) {
  return static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> list;
  for (std::size_t i = 0; i < text.size();) {
    if (std::isspace(static_cast<unsigned char>(text[i])) != 0) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && std::isspace(static_cast<unsigned char>(text[end])) == 0) ++end;
    list.emplace_back(text.substr(i, end - i));
    i = end;
  }
  return list;
}

std::uint32_t number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) throw Unsupported("not a number: " + std::string(text));
  return value;
}

std::uint32_t bytes_of_type(const std::string& type) {
  if (type.size() < 3 || type[0] != '.') throw Unsupported("not a type: " + type);
  return type == ".pred" ? 0 : number(std::string_view(type).substr(2)) / 8;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  return text;
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= list.size(); ++i) {
    const char c = i < list.size() ? list[i] : ',';
    if (c == '{' || c == '[' || c == '(') ++depth;
    if (c == '}' || c == ']' || c == ')') --depth;
    if (c != ',' || depth != 0) continue;
    const std::string_view part = trimmed(list.substr(begin, i - begin));
    if (!part.empty()) parts.emplace_back(part);
    begin = i + 1;
  }
  return parts;
}

Variable read_variable(std::string_view declaration) {
  Variable variable;
  std::vector<std::string> list = words(declaration);
  std::uint32_t element = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string& word = list[i];
    if (word == ".extern") {
      variable.is_extern = true;
    } else if (word == ".visible" || word == ".weak" || word == ".static") {
    } else if (word == ".align") {
      variable.alignment = number(list.at(++i));
    } else if (word == ".param" || word == ".shared" || word == ".local" || word == ".global" || word == ".const") {
      variable.space = word;
    } else if (word[0] == '.') {
      element = bytes_of_type(word);
    } else {
      const std::size_t bracket = word.find('[');
      variable.name = word.substr(0, bracket);
      variable.bytes = element;
      if (bracket != std::string::npos) {
        const std::size_t end = word.find(']', bracket);
        const std::string count = word.substr(bracket + 1, end - bracket - 1);
        variable.bytes = count.empty() ? 0 : element * number(count);
      }
      if (i + 1 != list.size()) throw Unsupported("a variable with a value: " + std::string(declaration));
    }
  }
  variable.alignment = std::max(variable.alignment, element);
  return variable;
}

ModuleText::ModuleText(std::string_view ptx) {
  const std::string text = without_comments(ptx);
  for (std::size_t i = 0; i < text.size();) {
    if (std::isspace(static_cast<unsigned char>(text[i])) != 0) {
      ++i;
      continue;
    }
    const std::size_t line_end = std::min(text.find('\n', i), text.size());
    const std::string_view line = std::string_view(text).substr(i, line_end - i);
    if (line.starts_with(".version") || line.starts_with(".target") || line.starts_with(".address_size") ||
        line.starts_with(".file")) {
      i = line_end;
      continue;
    }
    const std::size_t end = text.find_first_of("{;", i);
    if (end == std::string::npos) throw Unsupported("a declaration without end");
    const std::string_view head = std::string_view(text).substr(i, end - i);
    const bool is_function = head.find(".entry") != head.npos || head.find(".func") != head.npos;
    if (text[end] == ';' || !is_function) {
      if (!is_function) variables_.push_back(read_variable(head));
      i = text.find(';', end) + 1;
      continue;
    }
    std::size_t close = end;
    for (int depth = 0; close < text.size(); ++close) {
      if (text[close] == '{') ++depth;
      if (text[close] == '}' && --depth == 0) break;
    }
    read_function(head, std::string_view(text).substr(end + 1, close - end - 1),
                  1 + lines_in(std::string_view(text).substr(0, end + 1)));
    i = close + 1;
  }
}

/// As ".visible .entry name ( parameters ) directives", or ".func ( results ) name ( parameters )".
void ModuleText::read_function(std::string_view head, std::string_view body, std::uint32_t line) {
  Function function;
  function.body = body;
  function.first_line = line;
  std::string directives;
  for (std::size_t i = 0; i < head.size();) {
    if (head[i] == '(') {
      const std::size_t end = head.find(')', i);
      std::vector<Variable>& list = function.name.empty() ? function.results : function.parameters;
      for (const std::string& part : split(head.substr(i + 1, end - i - 1))) list.push_back(read_variable(part));
      i = end + 1;
    } else if (is_word(head[i])) {
      std::size_t end = i;
      while (end < head.size() && is_word(head[end])) ++end;
      const std::string word(head.substr(i, end - i));
      if (word[0] != '.' && function.name.empty()) {
        function.name = word;
      } else {
        directives += word + ' ';
      }
      i = end;
    } else {
      if (head[i] == ',') directives += ' ';
      ++i;
    }
  }
  if (const std::size_t at = directives.find(".maxntid "); at != std::string::npos) {
    const std::vector<std::string> list = words(std::string_view(directives).substr(at));
    function.most_threads = 1;
    for (std::size_t i = 1; i < list.size() && std::isdigit(static_cast<unsigned char>(list[i][0])) != 0; ++i) {
      function.most_threads *= number(list[i]);
    }
  }
  functions_[function.name] = function;
}

const Function* ModuleText::find(const std::string& name) const {
  const auto found = functions_.find(name);
  return found == functions_.end() ? nullptr : &found->second;
}

std::vector<Statement> statements(const Function& function) {
  std::vector<Statement> list;
  const std::string_view text = function.body;
  std::uint32_t line = function.first_line;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (std::isspace(static_cast<unsigned char>(c)) != 0 || c == ';') {
      line += c == '\n';
      ++i;
      continue;
    }
    Statement statement;
    statement.line = line;
    if (c == '{' || c == '}') {
      statement.kind = c == '{' ? Statement::Kind::ScopeBegin : Statement::Kind::ScopeEnd;
      list.push_back(statement);
      ++i;
      continue;
    }
    std::size_t word_end = i;
    while (word_end < text.size() && is_word(text[word_end])) ++word_end;
    if (word_end > i && word_end < text.size() && text[word_end] == ':') {
      statement.kind = Statement::Kind::Label;
      statement.name = text.substr(i, word_end - i);
      list.push_back(statement);
      i = word_end + 1;
      continue;
    }
    const std::size_t end = text.find(';', i);
    if (end == text.npos) throw Unsupported("a statement without end in " + function.name);
    std::string_view rest = text.substr(i, end - i);
    line += lines_in(rest);
    i = end + 1;
    if (c == '.') {
      statement.kind = Statement::Kind::Directive;
      statement.name = trimmed(rest);
    } else {
      if (c == '@') {
        const std::size_t guard_end = rest.find_first_of(" \t\n");
        statement.guard = rest.substr(1, guard_end - 1);
        rest = trimmed(rest.substr(guard_end));
      }
      const std::size_t name_end = std::min(rest.find_first_of(" \t\n"), rest.size());
      statement.name = rest.substr(0, name_end);
      statement.operands = split(rest.substr(name_end));
    }
    list.push_back(statement);
  }
  return list;
}

}  // namespace gpu_emulator
