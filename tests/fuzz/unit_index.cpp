// SPDX-License-Identifier: LGPL-2.1-or-later
// Any tree of unit files: which units there are, which files belong to them. A line of the input is
//
//     f PATH TEXT      a file; "|" in the text begins a new line
//     l PATH TARGET    a symbolic link; "@" in the target is a directory outside of the tree
//     d PATH           a directory
//     p PATH           a FIFO: nobody may wait for it
//     e NAME=VALUE     a variable of the manager's environment
//     u                a user's manager
//
// and a path that does not begin with "/" is below /etc/systemd/system.

#include <algorithm>
#include <map>
#include <string>

#include "declare/section.hpp"
#include "policy/port_names.hpp"
#include "scratch_tree.hpp"
#include "target.hpp"
#include "unit/search_path.hpp"
#include "unit/unit_index.hpp"
#include "unit/unit_name.hpp"

namespace unitlock::fuzz {
namespace {

constexpr std::string_view kOutside = "outside-of-the-root";
constexpr std::size_t kEntries = 48;

/// The root that the units are looked for in, and beside it what must never be seen.
struct World {
  World() {
    require(tree.make_directory("/root") &&
                tree.write("/outside/x.service", "[X-Landlock]\nOutside=outside-of-the-root\n") &&
                tree.write("/outside/x.conf", "[X-Landlock]\nOutside=outside-of-the-root\n"),
            "the world can be made");
  }
  ScratchTree tree;
  std::map<std::string, std::string> environment;
  bool user = false;
};

std::string_view cut(std::string_view& text, char end) {
  std::string_view word = text.substr(0, text.find(end));
  text.remove_prefix(std::min(word.size() + 1, text.size()));
  return word;
}

std::string replaced(std::string_view text, char which, std::string_view by) {
  std::string out;
  for (char c : text)
    c == which ? void(out += by) : out.push_back(c);
  return out;
}

void add_entry(World& world, std::string_view line) {
  char kind = line[0];
  line.remove_prefix(2);
  std::string_view name = cut(line, ' ');
  std::string path = name.starts_with('/') ? "/root" : "/root/etc/systemd/system/";
  path += name;
  if (kind == 'f')
    world.tree.write(path, replaced(line, '|', "\n"));
  else if (kind == 'l')
    world.tree.link(path, replaced(line, '@', world.tree.directory() + "/outside"));
  else if (kind == 'd')
    world.tree.make_directory(path);
  else if (kind == 'p')
    world.tree.make_fifo(path);
}

void make(World& world, std::string_view text) {
  for (std::size_t count = 0; !text.empty() && count < kEntries; ++count) {
    std::string_view line = cut(text, '\n');
    if (line == "u") {
      world.user = true;
    } else if (line.starts_with("e ")) {
      line.remove_prefix(2);
      std::string variable(cut(line, '='));
      world.environment[variable] = line;
    } else if (line.size() > 2 && line[1] == ' ') {
      add_entry(world, line);
    }
  }
}

ManagerEnvironment manager_of(const World& world, const Root& root) {
  auto variables = [&](const char* name) -> const char* {
    auto found = world.environment.find(name);
    return found == world.environment.end() ? nullptr : found->second.c_str();
  };
  return world.user ? user_manager(variables) : system_manager(root, variables);
}

std::string_view parent_of(std::string_view path) {
  return path.substr(0, path.rfind('/'));
}

bool is_in(const SearchPath& path, std::string_view directory) {
  return std::find(path.directories.begin(), path.directories.end(), directory) !=
         path.directories.end();
}

void check_search_path(const SearchPath& path) {
  require(path.above_generated <= path.directories.size(), "above_generated counts directories");
  for (const std::string& directory : path.directories)
    require(directory.starts_with('/') && directory == simplify_path(directory),
            "a directory is absolute and simple", directory);
}

void check_drop_ins(const UnitIndex& index, const SearchPath& path, const Unit& unit) {
  std::vector<std::string> names = index.all_drop_in_names(unit.name);
  names.emplace_back("service");
  std::string_view last;
  for (const std::string& drop_in : unit.drop_ins) {
    std::string_view directory = parent_of(drop_in);
    std::string_view basename = path_basename(drop_in);
    require(is_in(path, parent_of(directory)), "a drop-in is in the search path", drop_in);
    require(directory.ends_with(".d"), "a drop-in is in a .d directory", drop_in);
    directory.remove_suffix(2);
    require(std::find(names.begin(), names.end(), path_basename(directory)) != names.end(),
            "a drop-in is in a directory of the unit", drop_in);
    require(basename.ends_with(".conf") && basename > last, "drop-ins are sorted by name", drop_in);
    last = basename;
  }
  for (const std::string& drop_in : unit.outranking_drop_ins)
    require(std::find(unit.drop_ins.begin(), unit.drop_ins.end(), drop_in) != unit.drop_ins.end(),
            "what outranks ours is a drop-in of the unit", drop_in);
}

void check_unit(const UnitIndex& index, const SearchPath& path, const PortNames& ports,
                const std::string& name) {
  Unit unit = index.load(name);
  require(is_valid_unit_name(unit.name) || unit.name == name, "the name is a unit's", unit.name);
  require(unit.fragment.empty() || is_in(path, parent_of(unit.fragment)),
          "the fragment is in the search path", unit.fragment);
  require(!unit.masked || (unit.drop_ins.empty() && unit.assignments.empty()),
          "nothing of a masked unit is read", name);
  check_drop_ins(index, path, unit);
  for (const Assignment& assignment : unit.assignments)
    require(assignment.value.find(kOutside) == std::string::npos, "nothing from outside is read",
            assignment.where.file);
  require(!read_section(unit, ports).present || index.any_text(name, may_declare),
          "no declaration is passed over", name);
}

void check_index(const World& world) {
  auto opened = Root::open(world.tree.directory() + "/root");
  require(opened.has_value(), "the root can be opened");
  const Root& root = *opened;
  const PortNames ports(root);
  SearchPath path = unit_search_path(root, manager_of(world, root));
  check_search_path(path);
  const UnitIndex index(root, path);
  std::string last;
  for (const std::string& name : index.services()) {
    require(last < name, "services are sorted", name);
    require(name.ends_with(".service"), "services are services", name);
    check_unit(index, path, ports, name);
    last = name;
  }
  for (const char* name : {"x.service", "x@.service", "x@i.service", "a-b-c.service", "no.such"})
    check_unit(index, path, ports, name);
}

} // namespace
} // namespace unitlock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace unitlock::fuzz;
  std::string_view text = text_of(data, size);
  if (text.find(kOutside) != std::string_view::npos)
    return 0; // what the input brings along is not from outside
  World world;
  make(world, text);
  check_index(world);
  return 0;
}
