// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exec/error_text.hpp"

#include <cerrno>

namespace unitlock::exec {
namespace {

struct Row {
  int error;
  std::string_view text;
};
/// What landlock_*(2), openat(2), prctl(2) and execve(2) are documented to say.
constexpr Row kRows[] = {
    {E2BIG, "Argument list or limit of layers exceeded (E2BIG)"},
    {EACCES, "Permission denied (EACCES)"},
    {EAFNOSUPPORT, "Address family not supported (EAFNOSUPPORT)"},
    {EAGAIN, "Resource temporarily unavailable (EAGAIN)"},
    {EBADF, "Bad file descriptor (EBADF)"},
    {EBADFD, "File descriptor in bad state (EBADFD)"},
    {EFAULT, "Bad address (EFAULT)"},
    {EINTR, "Interrupted system call (EINTR)"},
    {EINVAL, "Invalid argument (EINVAL)"},
    {EIO, "Input/output error (EIO)"},
    {EISDIR, "Is a directory (EISDIR)"},
    {ELIBBAD, "Corrupted program interpreter (ELIBBAD)"},
    {ELOOP, "Too many levels of symbolic links (ELOOP)"},
    {EMFILE, "Too many open files (EMFILE)"},
    {ENAMETOOLONG, "File name too long (ENAMETOOLONG)"},
    {ENFILE, "Too many open files in system (ENFILE)"},
    {ENODEV, "No such device (ENODEV)"},
    {ENOENT, "No such file or directory (ENOENT)"},
    {ENOEXEC, "Exec format error (ENOEXEC)"},
    {ENOMEM, "Cannot allocate memory (ENOMEM)"},
    {ENOMSG, "Nothing to restrict (ENOMSG)"},
    {ENOSYS, "Function not implemented (ENOSYS)"},
    {ENOTDIR, "Not a directory (ENOTDIR)"},
    {ENXIO, "No such device or address (ENXIO)"},
    {EOPNOTSUPP, "Operation not supported (EOPNOTSUPP)"},
    {EOVERFLOW, "Value too large for its type (EOVERFLOW)"},
    {EPERM, "Operation not permitted (EPERM)"},
    {ESTALE, "Stale file handle (ESTALE)"},
    {ETXTBSY, "Text file busy (ETXTBSY)"},
};

} // namespace

std::string_view error_text(int error) {
  for (const Row& row : kRows)
    if (row.error == error)
      return row.text;
  return "unexpected error";
}

} // namespace unitlock::exec
