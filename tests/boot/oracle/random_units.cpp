// SPDX-License-Identifier: LGPL-2.1-or-later
#include "random_units.hpp"

#include <iostream>

#include "dice.hpp"

namespace oracle {
namespace {

std::string literal(Dice& dice) {
  static constexpr const char* kLiterals[] = {"plain",   "--option=value",
                                              "-",       "--",
                                              "/a/path", "a,b",
                                              "ü",       "😀",
                                              "#",       "#x",
                                              "=",       "x;y",
                                              ";x",      "*",
                                              "~",       "<in",
                                              ">",       "|",
                                              "&&",      "!",
                                              "{a,b}",   "[Service]"};
  return dice.pick(kLiterals);
}

std::string specifier(Dice& dice) {
  static constexpr const char* kKnown[] = {
      "%i", "%I", "%n", "%N", "%p", "%P", "%j", "%J", "%f", "%t", "%S", "%C", "%L",
      "%E", "%T", "%V", "%H", "%l", "%q", "%m", "%b", "%v", "%a", "%o", "%w", "%W",
      "%A", "%B", "%M", "%u", "%U", "%g", "%G", "%h", "%s", "%d", "%D", "%y", "%Y"};
  static constexpr const char* kUnknown[] = {"%", "%Q", "%c", "%r", "%R", "%x", "% ", "%1"};
  if (dice.one_in(2))
    return dice.one_in(2) ? "%%" : "%%%%n";
  return dice.one_in(40) ? dice.pick(kUnknown) : dice.pick(kKnown);
}

std::string variable(Dice& dice) {
  static constexpr const char* kVariables[] = {"$A",       "${A}", "$$",  "$$A",  "$${A}",
                                               "$",        "${",   "${A", "$A$B", "x$A",
                                               "${A}${B}", "$$$A", "$NO", "${%i}"};
  return dice.pick(kVariables);
}

std::string escape(Dice& dice) {
  static constexpr const char* kGood[] = {
      "\\a",    "\\b",    "\\f",   "\\n",        "\\r",         "\\t",   "\\v",   "\\\\",
      "\\\"",   "\\'",    "\\s",   "\\x41",      "\\x20",       "\\x3b", "\\101", "\\u00e9",
      "\\x24A", "\\x25i", "\\x7f", "\\xc3\\xa9", "\\U0001f600", "\\001", "\\\\;"};
  static constexpr const char* kBad[] = {"\\d",         "\\q",   "\\8",   "\\x4",  "\\xg0", "\\u12",
                                         "\\UFFFFFFFF", "\\400", "\\000", "\\x00", "\\ ",   "\\$A",
                                         "\\%i",        "\\-",   "\\@",   "\\é"};
  return dice.one_in(4) ? dice.pick(kBad) : dice.pick(kGood);
}

std::string quoted(Dice& dice);

std::string piece(Dice& dice) {
  switch (dice.below(10)) {
  case 0:
    return specifier(dice);
  case 1:
    return variable(dice);
  case 2:
    return escape(dice);
  case 3:
    return quoted(dice);
  default:
    return literal(dice);
  }
}

std::string quoted(Dice& dice) {
  const std::string quote = dice.one_in(2) ? "\"" : "'";
  std::string text = quote;
  for (std::size_t i = dice.below(4); i > 0; --i) {
    text += dice.one_in(4) ? (quote == "\"" ? "'" : "\"") : piece(dice);
    text += dice.one_in(2) ? " " : dice.one_in(8) ? " ; " : "";
  }
  return text + (dice.one_in(150) ? "" : quote);
}

std::string word(Dice& dice) {
  static constexpr const char* kSemicolons[] = {"\\;", "\";\"", "';'", "\\x3b", ";;", ";a", "a;"};
  if (dice.one_in(12))
    return dice.pick(kSemicolons);
  std::string text;
  for (std::size_t i = dice.below(3); i < 3; ++i)
    text += piece(dice);
  return text;
}

std::string blank(Dice& dice) {
  static constexpr const char* kBlanks[] = {" ", " ", " ", " ", "  ", "\t", " \t ", "\r"};
  return dice.pick(kBlanks);
}

std::string path(Dice& dice) {
  static constexpr const char* kAbsolute[] = {"/usr/bin/true", "/bin/true", "/usr/bin/no-such",
                                              "/usr/local/bin/mine", "/opt/a-b/c_d"};
  static constexpr const char* kOdd[] = {"/usr/bin/../bin/true",
                                         "//usr//bin/./true",
                                         "/usr/bin/true/.",
                                         "/..",
                                         "/usr/bin/..",
                                         "/.",
                                         "\"/opt/with space/x\"",
                                         "'/a b'/c",
                                         "/x\\x20y",
                                         "/x\\sy",
                                         "\\x2fusr/bin/true",
                                         "/p%%q",
                                         "/%i/x",
                                         "/%p",
                                         "%t/x",
                                         "%h/x",
                                         "%S/%i",
                                         "/%I",
                                         "%Q/x",
                                         "/d$A/$$x",
                                         "/d${A}",
                                         "/ü",
                                         "/\\xc3\\xbc",

                                         "/trailing/",
                                         "/",
                                         "//",
                                         "/tab\\tx",
                                         "/new\\nline",
                                         "/quo\\\"te",
                                         "/quo\\'te",
                                         "/back\\\\slash",
                                         "/bad\\qescape",
                                         "/with:colon",
                                         "/;",
                                         "/#x",
                                         "/a=b",
                                         "/*",
                                         "/~"};
  static constexpr const char* kBare[] = {"true", "sh",          "true",
                                          "sh",   "only-in-opt", "no-such-program"};
  static constexpr const char* kOddBare[] = {
      "\"two words\"", "per%%cent", "%p",   "%i", "$A", "", "\"\"", ".", "..", "~",
      "with:colon",    "tr\\x75e",  "'sh'", "ü"};
  static constexpr const char* kRelative[] = {"./x", "x/y", "../x", "usr/bin/true", "%i/x"};
  switch (dice.below(60)) {
  case 0:
    return dice.pick(kRelative);
  case 1:
    return dice.pick(kOddBare);
  case 2:
    return dice.one_in(20) ? "/" + std::string(5000, 'x') : "/" + std::string(250, 'x');
  default:
    return dice.one_in(4)   ? dice.pick(kBare)
           : dice.one_in(3) ? dice.pick(kOdd)
                            : dice.pick(kAbsolute);
  }
}

std::string prefixes(Dice& dice) {
  static constexpr const char* kHarmless[] = {"-", "@", ":", "!", "!!", "-", "@"};
  static constexpr const char* kAny[] = {"-", "@", ":", "!", "!!", "+", "|"};
  std::string text;
  if (dice.one_in(3))
    return text;
  for (std::size_t i = dice.below(4); i > 0; --i)
    text += dice.one_in(8) ? dice.pick(kAny) : dice.pick(kHarmless);
  return text;
}

/// The prefixes belong to the word, so that they may be quoted and escaped too.
std::string program(Dice& dice) {
  std::string front = prefixes(dice), name = path(dice);
  if (dice.one_in(15) && name.find_first_of("\"'\\") == std::string::npos)
    return dice.one_in(2) ? "\"" + front + name + "\"" : "'" + front + "'" + name;
  if (dice.one_in(40) && !front.empty() && front[0] == '-')
    front = "\\x2d" + front.substr(1);
  return front + name;
}

std::string command(Dice& dice) {
  std::string text = program(dice);
  for (std::size_t i = dice.below(6); i > 0; --i)
    text += blank(dice) + word(dice);
  return text;
}

std::string command_list(Dice& dice, bool oneshot) {
  std::string text = dice.one_in(25) ? "; " : "";
  text += command(dice);
  while (dice.one_in(oneshot ? 4 : 40))
    text += blank(dice) + (dice.one_in(10) ? "; ;" : ";") + blank(dice) + command(dice);
  return text + (dice.one_in(25) ? " ;" : dice.one_in(60) ? "\\" : "");
}

/// Breaks a line at some of its spaces, with comments and other lines in between.
std::string fold(Dice& dice, const std::string& line) {
  static constexpr const char* kBetween[] = {
      "", "", "", "# a comment\n", "; a comment\n", "   # with spaces \\\n", "#\n;\n", "  ", "\t"};
  std::string text;
  for (char c : line) {
    text += c;
    if (c == ' ' && dice.one_in(8))
      text += "\\\n" + dice.pick(kBetween) + (dice.one_in(80) ? "\n" : "");
  }
  return text;
}

std::string assignment(Dice& dice, const std::string& key, const std::string& value) {
  static constexpr const char* kEquals[] = {"=", "=", "=", "=", " = ", "= ", " =", "\t=\t"};
  return (dice.one_in(30) ? "  " : "") + key + dice.pick(kEquals) + value +
         (dice.one_in(20) ? "  " : "") + (dice.one_in(60) ? "\r\n" : "\n");
}

std::string exec_line(Dice& dice, bool oneshot) {
  std::string value = command_list(dice, oneshot);
  if (dice.one_in(4))
    value = fold(dice, value);
  return assignment(dice, "ExecStart", value);
}

/// Settings that have to do with how commands are found, run and wrapped.
std::string other_line(Dice& dice) {
  static constexpr const char* kLines[] = {
      "ExecSearchPath=/opt/programs",
      "ExecSearchPath=/nowhere:/opt/programs",
      "ExecSearchPath=/opt/programs\nExecSearchPath=/usr/bin",
      "ExecSearchPath=relative:/usr/bin",
      "ExecSearchPath=/usr/bin:",
      "ExecSearchPath=%t:/usr/bin",
      "ExecSearchPath=/opt/../usr/bin//",
      "ExecSearchPath=\"/usr/bin\"",
      "ExecSearchPath=/usr/bin /opt/programs",
      "ExecSearchPath=/opt/programs\nExecSearchPath=",
      "Environment=A=a \"B=b c\" C=%n",
      "Environment=A=$B",
      "UnsetEnvironment=A B=b",
      "EnvironmentFile=-/etc/no-such",
      "SyslogIdentifier=mine",
      "SyslogIdentifier=%p",
      "SyslogIdentifier=",
      "SyslogIdentifier=mine\nSyslogIdentifier=",
      "SyslogIdentifier=\\x41 b",
      "SyslogIdentifier=%Q",
      "SystemCallFilter=@system-service",
      "SystemCallFilter=~@mount",
      "SystemCallFilter=read write prctl",
      "SystemCallFilter=@system-service\nSystemCallFilter=",
      "SystemCallFilter=~@clock\nSystemCallFilter=@process",
      "SystemCallFilter=no_such_call",
      "SystemCallFilter=landlock_add_rule:ENOANO",
      "SystemCallFilter=~landlock_create_ruleset",
      "SystemCallFilter=\"read\" 'write'",
      "SystemCallErrorNumber=EPERM",
      "RootDirectory=/srv",
      "RootDirectory=-/srv",
      "RootDirectory=relative",
      "RootDirectory=/srv\nRootDirectory=",
      "RootImage=/srv/image",
      "TemporaryFileSystem=/usr:ro",
      "TemporaryFileSystem=%t/x",
      "TemporaryFileSystem=/a\nTemporaryFileSystem=",
      "TemporaryFileSystem=relative",
      "NoExecPaths=/",
      "NoExecPaths=/srv -/opt\nExecPaths=/usr",
      "NoExecPaths=relative",
      "InaccessiblePaths=/opt",
      "BindPaths=/srv:/opt /a:/b",
      "BindReadOnlyPaths=/etc/os-release",
      "ReadWritePaths=-+/srv /a\\x20b",
      "AppArmorProfile=unconfined",
      "AppArmorProfile=-",
      "AppArmorProfile=x\nAppArmorProfile=",
      "SELinuxContext=-x",
      "SmackProcessLabel=x",
      "StateDirectory=a b:c",
      "RuntimeDirectory=%p",
      "PrivateTmp=yes",
      "PrivateTmp=perhaps",
      "LoadCredential=a:/etc/a",
      "SetCredential=a:b",
      "DynamicUser=yes",
      "User=nobody",
      "NoNewPrivileges=yes",
      "WorkingDirectory=~",
      "StandardInput=socket",
      "NotifyAccess=all",
      "Restart=on-failure",
      "RemainAfterExit=yes",
      "ExecStartPre=-/usr/bin/true ; /usr/bin/false",
      "ExecStartPost=+/usr/bin/true",
      "ExecCondition=/usr/bin/true",
      "ExecReload=/bin/kill $MAINPID",
      "ExecStop=/usr/bin/true",
      "ExecStartPre=relative/x",
      "execstart=/usr/bin/lower",
      "ExecStart",
      "=/usr/bin/true",
      "X-Mine=1",
      "NoSuchSetting=1",
      "# ExecStart=/usr/bin/false",
      "[X-Other]\nExecStart=/usr/bin/false\n[Service]",
      "[Install]\nWantedBy=no-such.target\n[Service]",
      "[Unit]\nDescription=a \\\nb\n[Service]",
      " [Service] ",
      "\xef\xbb\xbf# late mark",
  };
  return dice.pick(kLines) + "\n";
}

/// What makes systemd give up on a file or on a line.
std::string broken_line(Dice& dice) {
  static const std::vector<std::string> kLines = {"[Service\n",
                                                  "[Service]]\n",
                                                  "[Service\"]\n",
                                                  "[]\n",
                                                  "\xff\xfe\n",
                                                  "ExecStart=/usr/bin/true \xe9\n",
                                                  std::string("Exec\0Start=/usr/bin/true\n", 25),
                                                  "[Service] # comment\n",
                                                  "ExecStart=/usr/bin/true '\n",
                                                  "[service]\nExecStart=/usr/bin/other\n"};
  return dice.pick(kLines);
}

std::string body(Dice& dice, bool oneshot) {
  static constexpr const char* kTypes[] = {"simple", "exec",     "forking", "notify",
                                           "idle",   "nonsense", ""};
  std::string text;
  if (oneshot)
    text += assignment(dice, "Type", "oneshot");
  else if (dice.one_in(3))
    text += assignment(dice, "Type", dice.pick(kTypes));
  for (std::size_t i = dice.one_in(3) ? dice.below(4) : 0; i > 0; --i)
    text += other_line(dice);
  if (dice.one_in(6))
    text += exec_line(dice, oneshot) + assignment(dice, "ExecStart", "");
  text += exec_line(dice, oneshot);
  while (oneshot ? dice.one_in(2) : dice.one_in(60))
    text += exec_line(dice, oneshot);
  if (dice.one_in(40))
    text += broken_line(dice);
  for (std::size_t i = dice.one_in(4) ? dice.below(4) : 0; i > 0; --i)
    text += other_line(dice);
  return text;
}

std::string fragment(Dice& dice, bool oneshot) {
  std::string text;
  if (dice.one_in(40))
    text += "\xef\xbb\xbf";
  if (dice.one_in(3))
    text += "# a comment\n[Unit]\nDescription=%n\n\n";
  text += "[Service]\n" + body(dice, oneshot);
  if (dice.one_in(30))
    text.pop_back(); // no newline at the end
  return text;
}

std::string drop_in(Dice& dice, bool oneshot) {
  std::string text = "[Service]\n";
  if (dice.one_in(2))
    text += other_line(dice);
  if (dice.one_in(3))
    text += "ExecStart=\n";
  if (dice.one_in(oneshot ? 2 : 12))
    text += exec_line(dice, oneshot);
  if (dice.one_in(2))
    text += other_line(dice);
  return text;
}

class Writer {
public:
  Writer(Dice& dice, std::string dir) : dice_(dice), dir_(std::move(dir)) {}

  void unit(std::size_t number) {
    static constexpr const char* kInstances[] = {"a",   "in-stance", "in\\x2dstance", "x:y",
                                                 "a@b", "é",         "a\\x20b\\x2f",  "1.2"};
    const std::string stem = "random-" + std::to_string(number);
    bool oneshot = dice_.one_in(2);
    std::string file = stem + ".service", name = file;
    if (dice_.one_in(4)) {
      file = stem + "@.service";
      std::string instance = dice_.pick(kInstances);
      name = stem + "@" + (instance == "é" ? "\\xc3\\xa9" : instance) + ".service";
    }
    write_file(directory() + file, fragment(dice_, oneshot));
    for (std::size_t i = dice_.one_in(3) ? dice_.below(3) : 0; i > 0; --i)
      write_file(directory() + (dice_.one_in(2) ? file : name) + ".d/" + file_name(),
                 drop_in(dice_, oneshot));
    std::cout << name << '\n';
  }

private:
  std::string directory() {
    static constexpr const char* kDirectories[] = {"/etc/systemd/system/", "/run/systemd/system/",
                                                   "/usr/local/lib/systemd/system/"};
    return dir_ + dice_.pick(kDirectories);
  }

  std::string file_name() {
    static constexpr const char* kNames[] = {"10-first.conf", "override.conf", "zz-late.conf",
                                             "zzz-last.conf", "50-x.conf"};
    // What sorts behind the generated drop-in is rare in the world, and never wrapped.
    return dice_.one_in(4) ? dice_.pick(kNames) : "override.conf";
  }

  Dice& dice_;
  std::string dir_;
};

} // namespace

void write_random_units(std::uint64_t seed, std::size_t first, std::size_t count,
                        const std::string& dir) {
  for (std::size_t number = first; number < first + count; ++number) {
    Dice dice(seed * 1'000'003 + number);
    Writer(dice, dir).unit(number);
  }
}

} // namespace oracle
