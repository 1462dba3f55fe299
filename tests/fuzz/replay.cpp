// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs a target over each file of its corpus: a plain test, for builds without libFuzzer.
//
// Usage: replay-TARGET DIRECTORY
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <vector>

#include <unistd.h>

#include "base/files.hpp"
#include "target.hpp"

namespace {

std::string current;

/// Says which input it was; abort(3) and the sanitizers end here too.
void name_input(int number) {
  [[maybe_unused]] ssize_t ignored = write(STDERR_FILENO, current.data(), current.size());
  std::signal(number, SIG_DFL);
  std::raise(number);
}

} // namespace

int main(int argc, char** argv) {
  auto root = argc == 2 ? unitlock::Root::open(argv[1])
                        : unitlock::Result<unitlock::Root>(unitlock::fail("no directory", EINVAL));
  auto entries = root ? root->list("/") : tl::unexpected(root.error());
  if (!entries || entries->empty()) {
    std::fprintf(stderr, "there is no corpus to replay\n");
    return 1;
  }
  for (int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL})
    std::signal(number, name_input);
  for (const unitlock::DirectoryEntry& entry : *entries) {
    auto text = root->read_file("/" + entry.name);
    if (!text) {
      std::fprintf(stderr, "%s\n", to_string(text.error()).c_str());
      return 1;
    }
    current = "with the input " + entry.name + "\n";
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text->data()), text->size());
  }
  std::printf("%zu inputs\n", entries->size());
  return 0;
}
