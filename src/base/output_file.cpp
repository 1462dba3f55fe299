// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/output_file.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <ctime>
#include <deque>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

namespace unitlock {
namespace {

constexpr int kLinkLimit = 40; // as the kernel's

void put_in_front(std::deque<std::string>& components, const std::filesystem::path& path) {
  std::deque<std::string> more;
  for (const auto& component : path.relative_path())
    if (!component.empty())
      more.push_back(component.string());
  components.insert(components.begin(), more.begin(), more.end());
}

/// Each step at the place that was looked at, whatever happens to its name meanwhile.
class Walk {
public:
  explicit Walk(const std::filesystem::path& directory) : at_(open_root()) {
    put_in_front(left_, directory);
  }

  Result<UniqueFd> run() {
    while (at_ && !left_.empty()) {
      std::string component = std::move(left_.front());
      left_.pop_front();
      if (int number = step(component))
        return fail("", number);
    }
    if (!at_)
      return fail("", errno);
    return std::move(at_);
  }

private:
  static UniqueFd open_root() { return UniqueFd(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)); }

  /// 0, or an errno.
  int step(const std::string& component) {
    UniqueFd next(openat(at_.get(), component.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat info = {};
    if (!next || fstat(next.get(), &info) < 0)
      return errno;
    if (S_ISLNK(info.st_mode))
      return info.st_uid == 0 || info.st_uid == geteuid() ? follow(next) : EPERM;
    if (!S_ISDIR(info.st_mode))
      return ENOTDIR;
    at_ = std::move(next);
    return 0;
  }

  int follow(const UniqueFd& link) {
    std::array<char, PATH_MAX> text = {};
    ssize_t length = readlinkat(link.get(), "", text.data(), text.size());
    if (length < 0)
      return errno;
    if (++links_ > kLinkLimit)
      return ELOOP;
    std::filesystem::path target(std::string_view(text.data(), static_cast<std::size_t>(length)));
    put_in_front(left_, target);
    if (target.is_absolute())
      at_ = open_root();
    return 0;
  }

  UniqueFd at_;
  std::deque<std::string> left_;
  int links_ = 0;
};

using Temporary = std::pair<UniqueFd, std::string>;

/// Another one each time; that nobody can guess it does not matter, O_EXCL sees to that. Early at
/// boot the kernel may have no random numbers yet, and a generator must not wait for them.
std::uint64_t some_number() {
  std::uint64_t number = 0;
  if (getrandom(&number, sizeof number, GRND_NONBLOCK) == sizeof number)
    return number;
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (static_cast<std::uint64_t>(getpid()) << 32) ^ static_cast<std::uint64_t>(now.tv_nsec);
}

/// Nobody else's, whatever lies in the directory.
Result<Temporary> make_temporary(const UniqueFd& directory, const std::string& name) {
  constexpr int kAttempts = 100;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::string temporary = fmt::format(".{}.{:016x}", name, some_number());
    UniqueFd fd(openat(directory.get(), temporary.c_str(),
                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (fd)
      return Temporary(std::move(fd), std::move(temporary));
    if (errno != EEXIST)
      break;
  }
  return fail("", errno);
}

} // namespace

int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    ssize_t n = write(fd, text.data(), text.size());
    if (n > 0)
      text.remove_prefix(static_cast<std::size_t>(n));
    else if (n == 0)
      return EIO; // it takes nothing, and would not the next time
    else if (errno != EINTR)
      return errno;
  }
  return 0;
}

Result<UniqueFd> open_directory_of(const std::string& path) {
  std::error_code error;
  std::filesystem::path directory = std::filesystem::absolute(path, error).parent_path();
  if (error)
    return fail(fmt::format("cannot find {}", path), error.value());
  auto opened = Walk(directory).run();
  if (opened)
    return opened;
  int number = opened.error().number;
  if (number == EPERM)
    return fail(fmt::format("directory {} is, or lies behind, a symbolic link of another user",
                            directory.string()));
  return fail(fmt::format("cannot write into directory {}", directory.string()), number);
}

Result<void> replace_in(const UniqueFd& directory, const std::string& name, std::string_view text,
                        const std::string& shown) {
  auto temporary = make_temporary(directory, name);
  if (!temporary)
    return fail(fmt::format("cannot write {}", shown), temporary.error().number);
  auto& [fd, temporary_name] = *temporary;
  int number = fchmod(fd.get(), 0644) < 0 ? errno : write_all(fd.get(), text);
  // close(2) may be where a full disk shows.
  if (close(fd.release()) < 0 && number == 0)
    number = errno;
  if (number == 0 &&
      renameat(directory.get(), temporary_name.c_str(), directory.get(), name.c_str()) < 0)
    number = errno;
  if (number == 0)
    return {};
  unlinkat(directory.get(), temporary_name.c_str(), 0);
  return fail(fmt::format("cannot write {}", shown), number);
}

Result<void> replace_file(const std::string& path, std::string_view text) {
  auto directory = open_directory_of(path);
  if (!directory)
    return tl::unexpected(directory.error());
  return replace_in(*directory, std::filesystem::path(path).filename().string(), text, path);
}

} // namespace unitlock
