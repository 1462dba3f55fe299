// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <iterator>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "landlockconfig/value.hpp"

namespace unitlock::landlockconfig {
namespace {

/// A configuration is a table of lists of tables of lists: deeper text is none, and the tree's
/// destructor recurses.
constexpr std::size_t kDepthLimit = 8;
constexpr std::size_t kMemberLimit = 64;

/// Characters that tell the line of the last one read: the library's events carry no places.
class Reader {
public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Reader(const char* at, unsigned* line) : at_(at), line_(line) {}
  reference operator*() const { return *at_; }
  Reader& operator++() {
    // A line ends with its '\n': a number is known to have ended when that has been read.
    *line_ += after_newline_;
    after_newline_ = *at_ == '\n';
    ++at_;
    return *this;
  }
  Reader operator++(int) {
    Reader before = *this;
    ++*this;
    return before;
  }
  bool operator==(const Reader& other) const { return at_ == other.at_; }
  bool operator!=(const Reader& other) const { return at_ != other.at_; }

private:
  const char* at_;
  unsigned* line_;
  bool after_newline_ = false;
};

class Builder : public nlohmann::json_sax<nlohmann::json> {
public:
  explicit Builder(const std::string& file) : file_(file) {}

  bool null() override { return add(Value::Kind::Other); }
  bool boolean(bool) override { return add(Value::Kind::Other); }
  bool number_integer(number_integer_t) override { return add(Value::Kind::Other); }
  bool number_unsigned(number_unsigned_t number) override {
    Value value = at_this_line(Value::Kind::Integer);
    value.integer = number;
    return add(std::move(value));
  }
  bool number_float(number_float_t, const string_t&) override { return add(Value::Kind::Other); }
  bool binary(binary_t&) override { return add(Value::Kind::Other); }
  bool string(string_t& text) override {
    Value value = at_this_line(Value::Kind::Text);
    value.text = text;
    return add(std::move(value));
  }
  bool start_object(std::size_t) override { return open(Value::Kind::Table); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Value::Kind::List); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    const auto& members = open_.back().members;
    if (members.size() == kMemberLimit)
      return refuse("a table of so many keys is none of a configuration");
    if (std::any_of(members.begin(), members.end(), [&](const auto& m) { return m.key == name; }))
      return refuse(fmt::format("'{}' is there twice", name));
    open_.back().members.push_back({name, {}});
    return true;
  }
  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::json::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error …"
    std::string text = error.what();
    std::size_t bracket = text.find("] ");
    return refuse("not JSON: " + text.substr(bracket == std::string::npos ? 0 : bracket + 2));
  }

  unsigned* line() { return &line_; }
  const std::optional<Error>& error() const { return error_; }
  Value take() { return std::move(root_); }

private:
  Value at_this_line(Value::Kind kind) const {
    Value value;
    value.kind = kind;
    value.where = {file_, line_, 0};
    return value;
  }
  bool add(Value::Kind kind) { return add(at_this_line(kind)); }
  bool add(Value value) {
    if (open_.empty())
      root_ = std::move(value);
    else if (open_.back().kind == Value::Kind::List)
      open_.back().list.push_back(std::move(value));
    else
      open_.back().members.back().value = std::move(value);
    return true;
  }
  bool open(Value::Kind kind) {
    if (open_.size() == kDepthLimit)
      return refuse("nested too deeply");
    open_.push_back(at_this_line(kind));
    return true;
  }
  bool close() {
    Value value = std::move(open_.back());
    open_.pop_back();
    return add(std::move(value));
  }
  bool refuse(const std::string& message) {
    error_ = Error{message, 0, SourceRef{file_, line_, 0}};
    return false;
  }

  const std::string& file_;
  unsigned line_ = 1;
  std::vector<Value> open_;
  Value root_;
  std::optional<Error> error_;
};

} // namespace

Result<Value> parse_json(const std::string& file, const std::string& text) {
  Builder builder(file);
  Reader begin(text.data(), builder.line());
  Reader end(text.data() + text.size(), builder.line());
  nlohmann::json::sax_parse(begin, end, &builder);
  if (builder.error())
    return tl::unexpected(*builder.error());
  return builder.take();
}

} // namespace unitlock::landlockconfig
