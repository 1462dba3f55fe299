// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advise/denial_questions.hpp"

#include <fmt/format.h>

namespace unitlock::advise {
namespace {

using journal::Object;

Result<Question> question_of(const std::string& name, const Object& object) {
  auto asked = named_question(name);
  if (!asked)
    return asked;
  bool has_place = object.kind == Object::Kind::Path && !object.path.empty();
  if (asked->is_path() && !asked->right && !has_place)
    return asked; // mounting is denied everywhere
  if (asked->is_path() && !has_place)
    return fail(fmt::format("the record of {} does not name the path", name));
  if (asked->is_path())
    asked->path = simplify_path(object.path);
  else if (asked->is_port())
    asked->port = object.port; // a port that is not named is 0
  else
    asked->peer = object.kind == Object::Kind::Process ? object.comm : object.path;
  asked->names_directory = asked->right && is_decided_at_directory(*asked->right);
  return asked;
}

} // namespace

Result<std::vector<Question>> questions_of(const journal::Denial& denial) {
  std::vector<Question> questions;
  std::string_view rest = denial.blockers;
  while (!rest.empty()) {
    std::size_t comma = std::min(rest.find(','), rest.size());
    auto asked = question_of(std::string(rest.substr(0, comma)), denial.object);
    if (!asked)
      return tl::unexpected(asked.error());
    questions.push_back(std::move(*asked));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return questions;
}

} // namespace unitlock::advise
