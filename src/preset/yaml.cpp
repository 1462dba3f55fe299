// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preset/yaml.hpp"

#include <set>
#include <sstream>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "base/text.hpp"

namespace unitlock {
namespace {

/// Presets are a map of maps of lists: deeper text is no preset, and recursion must end somewhere.
constexpr std::size_t kDepthLimit = 32;

/// Builds the tree from events, because yaml-cpp's own tree forgets anchors and does not tell which
/// of two equal keys it keeps.
class Builder : public YAML::EventHandler {
public:
  explicit Builder(const std::string& path) : path_(path) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add({YamlNode::Kind::Null, place(mark), "", {}, {}}, mark, "", anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "aliases are not allowed");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    add({YamlNode::Kind::Scalar, place(mark), value, {}, {}}, mark, tag, anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open({YamlNode::Kind::List, place(mark), "", {}, {}}, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open({YamlNode::Kind::Map, place(mark), "", {}, {}}, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  YamlNode take() { return std::move(root_); }
  const std::optional<Error>& error() const { return error_; }
  SourceRef place(const YAML::Mark& mark) const {
    return {path_, static_cast<unsigned>(mark.line + 1), static_cast<unsigned>(mark.column + 1)};
  }

private:
  struct Level {
    YamlNode node;
    std::string key;
    SourceRef key_place;
    bool has_key = false;
    std::set<std::string> keys;
  };

  /// Stops yaml-cpp: it knows no other way out of a parse than an exception.
  [[noreturn]] void refuse(const YAML::Mark& mark, std::string message) {
    error_ = Error{std::move(message), 0, place(mark)};
    throw YAML::ParserException(mark, error_->message);
  }

  void check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor)
      refuse(mark, "anchors are not allowed");
    // "?" is a plain scalar, "!" a quoted one.
    if (!tag.empty() && tag != "?" && tag != "!")
      refuse(mark, "tags are not allowed");
  }

  void add(YamlNode node, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    check(mark, tag, anchor);
    place_node(std::move(node), mark);
  }

  void open(YamlNode node, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    check(mark, tag, anchor);
    if (!levels_.empty() && levels_.back().node.kind == YamlNode::Kind::Map &&
        !levels_.back().has_key)
      refuse(mark, "a key must be a scalar");
    if (levels_.size() == kDepthLimit)
      refuse(mark, "nested too deeply");
    levels_.push_back({std::move(node), {}, {}, false, {}});
  }

  void close() {
    YamlNode node = std::move(levels_.back().node);
    levels_.pop_back();
    place_node(std::move(node), YAML::Mark::null_mark());
  }

  void place_node(YamlNode node, const YAML::Mark& mark) {
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& level = levels_.back();
    if (level.node.kind == YamlNode::Kind::List) {
      level.node.list.push_back(std::move(node));
    } else if (level.has_key) {
      level.node.map.push_back({level.key, level.key_place, std::move(node)});
      level.has_key = false;
    } else {
      take_key(node, mark, level);
    }
  }

  void take_key(const YamlNode& node, const YAML::Mark& mark, Level& level) {
    if (node.kind != YamlNode::Kind::Scalar)
      refuse(mark, "a key must be a scalar");
    if (!level.keys.insert(node.scalar).second)
      refuse(mark, fmt::format("the key '{}' stands here a second time", node.scalar));
    level.key = node.scalar;
    level.key_place = node.where;
    level.has_key = true;
  }

  const std::string& path_;
  std::vector<Level> levels_;
  YamlNode root_;
  std::optional<Error> error_;
};

} // namespace

const char* kind_name(YamlNode::Kind kind) {
  switch (kind) {
  case YamlNode::Kind::Null:
    return "nothing";
  case YamlNode::Kind::Scalar:
    return "a scalar";
  case YamlNode::Kind::List:
    return "a list";
  case YamlNode::Kind::Map:
    return "a map";
  }
  return "";
}

Result<YamlNode> parse_yaml(const std::string& path, const std::string& text) {
  if (!is_valid_utf8(text))
    return fail(SourceRef{path, 0, 0}, "the file is not valid UTF-8 text");
  Builder builder(path);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    if (parser.HandleNextDocument(builder) && parser.HandleNextDocument(builder))
      return fail(SourceRef{path, 0, 0}, "the file holds more than one document");
  } catch (const YAML::Exception& problem) {
    if (builder.error())
      return tl::unexpected(*builder.error());
    return fail(builder.place(problem.mark), problem.msg);
  } catch (const std::exception& problem) { // its containers throw too
    return fail(SourceRef{path, 0, 0}, problem.what());
  }
  return builder.take();
}

} // namespace unitlock
