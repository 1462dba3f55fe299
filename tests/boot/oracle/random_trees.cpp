// SPDX-License-Identifier: LGPL-2.1-or-later
#include "random_trees.hpp"

#include <filesystem>
#include <iostream>

#include "dice.hpp"

namespace oracle {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSearchPath[] = {"/etc/systemd/system", "/run/systemd/system",
                                       "/usr/local/lib/systemd/system", "/usr/lib/systemd/system"};
constexpr const char* kElsewhere = "/srv/trees";

class Tree {
public:
  Tree(Dice& dice, std::size_t number, const std::string& dir)
      : dice_(dice), dir_(dir), stem_("tree" + std::to_string(number)) {}

  void write() {
    static constexpr const char* kShapes[] = {"",      "-a",     "-a-b", "-a-b-c",  "--a",
                                              "-a--b", "-a.b-c", "-a:b", "-a\\x2db"};
    const std::string prefix = stem_ + dice_.pick(kShapes);
    templated_ = dice_.one_in(3);
    instance_ = templated_ ? (dice_.one_in(4) ? "@x-y.service" : "@x.service") : "";
    file_ = prefix + (templated_ ? "@.service" : ".service");
    name_ = prefix + (templated_ ? instance_ : ".service");
    write_fragments();
    write_aliases();
    write_drop_ins(name_, "");
    std::cout << name_ << '\n';
  }

private:
  std::string search_directory() { return dir_ + dice_.pick(kSearchPath) + "/"; }
  std::string elsewhere() {
    return dir_ + kElsewhere + "/" + stem_ + "-" + std::to_string(++count_);
  }

  /// Says by its command which file it is.
  std::string text(bool whole) {
    std::string body = whole ? "[Service]\nType=oneshot\n" : "[Service]\n";
    if (!whole && dice_.one_in(6))
      body += "ExecStart=\n";
    body += "ExecStart=/bin/true " + stem_ + " " + std::to_string(++count_) + "\n";
    return dice_.one_in(whole ? 4 : 3) ? body + "[X-Landlock]\n" : body;
  }

  /// Where another file took the place already, it stays.
  void put(const std::string& path, const std::string& text) {
    if (!fs::exists(fs::symlink_status(path)))
      write_file(path, text);
  }
  void link(const std::string& target, const std::string& path) {
    fs::create_directories(fs::path(path).parent_path());
    if (!fs::exists(fs::symlink_status(path)))
      fs::create_symlink(target, path);
  }

  void make_directory(const std::string& path) {
    if (!fs::exists(fs::symlink_status(path)))
      fs::create_directories(path);
  }

  void write_fragments() {
    fragment(file_);
    if (dice_.one_in(4)) // another one: the first directory wins
      fragment(file_);
    has_own_file_ = templated_ && dice_.one_in(3);
    if (has_own_file_) // it takes the place of the template's
      fragment(name_);
  }

  void fragment(const std::string& name) {
    const std::string path = search_directory() + name;
    switch (dice_.below(14)) {
    case 0:
      return link("/dev/null", path);
    case 1:
      return put(path, "");
    case 2: {
      const std::string target = elsewhere() + (dice_.one_in(2) ? "/" + name : "/other.service");
      put(target, text(true));
      return link(target, path);
    }
    case 3: {
      const std::string target = elsewhere() + "/" + name;
      link("/dev/null", target);
      return link(target, path);
    }
    case 4:
      return link(elsewhere() + "/nowhere.service", path);
    case 5: { // the same name further down
      const std::string target = dir_ + "/usr/lib/systemd/system/" + name;
      put(target, text(true));
      return link(target, path);
    }
    case 6:
      return make_directory(path);
    case 7:
      return; // drop-ins only, or whatever else there is
    default:
      return put(path, text(true));
    }
  }

  void write_aliases() {
    for (std::size_t i = dice_.one_in(2) ? dice_.below(3) : 0; i > 0; --i) {
      static constexpr const char* kShapes[] = {"-alias", "-a-alias", "-other-a"};
      const std::string number = std::to_string(i);
      const std::string prefix = stem_ + "x" + number + dice_.pick(kShapes);
      const bool of_instance = templated_ && dice_.one_in(3);
      const std::string alias = prefix + (!templated_   ? ".service"
                                          : of_instance ? instance_
                                                        : "@.service");
      const std::string asked = prefix + (templated_ ? instance_ : ".service");
      const std::string target = of_instance && dice_.one_in(2) ? name_ : file_;
      switch (dice_.below(8)) {
      case 0:
        link("../system/" + target, search_directory() + alias);
        break;
      case 1: // only the base name counts
        link(dir_ + "/usr/lib/systemd/system/" + target, search_directory() + alias);
        break;
      case 2: { // to a file outside of the path: no alias, a unit of its own
        const std::string outside = elsewhere() + "/" + target;
        put(outside, text(true));
        link(outside, search_directory() + alias);
        break;
      }
      default:
        link(target, search_directory() + alias);
      }
      if (asked != alias && dice_.one_in(4)) // then this instance is none of the alias
        put(search_directory() + asked, text(true));
      // Which of two aliases comes first is up to the order of systemd's hash table.
      write_drop_ins(asked, i > 1 ? "alias" + number + "-" : "");
      // By this alias systemd would read the template's file, by its own name the instance's, and
      // keep to whichever it is asked for first.
      if (!has_own_file_ || target == name_)
        std::cout << asked << '\n';
    }
  }

  /// The names whose .d directories a service of this name reads, by systemd.unit(5).
  std::vector<std::string> levels(const std::string& name) {
    std::vector<std::string> names = {name, name};
    const std::string prefix = name.substr(0, name.find_first_of("@."));
    const std::size_t at = name.find('@');
    if (at != std::string::npos)
      names.push_back(name.substr(0, at) + "@.service");
    for (std::size_t dash = prefix.rfind('-'); dash != std::string::npos && dash > 0;
         dash = prefix.rfind('-', dash - 1)) {
      names.push_back(prefix.substr(0, dash + 1) + ".service");
      if (at != std::string::npos)
        names.push_back(prefix.substr(0, dash + 1) +
                        (dice_.one_in(2) ? "@.service" : name.substr(at)));
    }
    return names;
  }

  void write_drop_ins(const std::string& name, const std::string& mark) {
    auto names = levels(name);
    put(search_directory() + name + ".d/" + mark + "50-always.conf", text(false));
    for (std::size_t i = dice_.below(7); i > 0; --i) {
      const std::string directory = search_directory() + dice_.pick(names) + ".d";
      if (dice_.one_in(20) && !fs::exists(directory)) { // a link that plays the directory
        const std::string target = elsewhere();
        put(target + "/" + mark + "30-far.conf", text(false));
        link(target, directory);
      }
      drop_in(directory + "/" + mark + file_name());
    }
  }

  std::string file_name() {
    static constexpr const char* kNames[] = {"10-a.conf", "10-a.conf",     "20-b.conf",
                                             "20-b.conf", "override.conf", "Z.conf",
                                             "_.conf",    "ü.conf",        "10-a.conf.conf"};
    static constexpr const char* kPassedOver[] = {
        ".hidden.conf", "x.conf~",    "x.bak",     "x.conf.dpkg-old", "x.conf.rpmsave",
        "README",       "x.CONF",     "conf",      ".conf",           "x.conf.ignore",
        "#x.conf#",     "x.conf.bak", "x.ucf-dist"};
    return dice_.one_in(8) ? dice_.pick(kPassedOver) : dice_.pick(kNames);
  }

  void drop_in(const std::string& path) {
    switch (dice_.below(16)) {
    case 0:
      return link("/dev/null", path);
    case 1:
      return put(path, "");
    case 2: {
      const std::string target = elsewhere() + "/x";
      put(target, text(false));
      return link(target, path);
    }
    case 3: {
      const std::string target =
          search_directory() + stem_ + "-target-" + std::to_string(++count_) + ".conf";
      put(target, text(false));
      return link(target, path);
    }
    case 4:
      return link(elsewhere() + "/nowhere", path);
    case 5:
      return make_directory(path);
    case 6: {
      const std::string target = elsewhere();
      fs::create_directories(target);
      return link(target, path);
    }
    default:
      return put(path, text(false));
    }
  }

  Dice& dice_;
  const std::string& dir_;
  std::string stem_;
  bool templated_ = false;
  bool has_own_file_ = false; ///< the instance
  std::string instance_;
  std::string file_; ///< of the fragment
  std::string name_; ///< of the unit
  std::size_t count_ = 0;
};

} // namespace

void write_random_trees(std::uint64_t seed, std::size_t first, std::size_t count,
                        const std::string& dir) {
  for (std::size_t number = first; number < first + count; ++number) {
    Dice dice(seed * 1'000'003 + number);
    Tree(dice, number, dir).write();
  }
}

} // namespace oracle
