// SPDX-License-Identifier: LGPL-2.1-or-later
#include "journal/probe_denial.hpp"

#include <gtest/gtest.h>

namespace unitlock::journal {
namespace {

constexpr const char* kWrapper = "/usr/libexec/unitlock-exec";

bool is_probe(const char* blockers, Object object) {
  Denial denial;
  denial.blockers = blockers;
  denial.object = std::move(object);
  return is_probe(denial, kWrapper);
}

Object path(const char* path) {
  Object object;
  object.kind = Object::Kind::Path;
  object.path = path;
  return object;
}

Object address(const char* address) {
  Object object;
  object.kind = Object::Kind::Network;
  object.address = address;
  object.port = 65535;
  return object;
}

Object process(const char* comm) {
  Object object;
  object.kind = Object::Kind::Process;
  object.comm = comm;
  return object;
}

TEST(ProbeDenial, Files) {
  EXPECT_TRUE(is_probe("fs.read_file", path(kWrapper)));
  EXPECT_FALSE(is_probe("fs.execute,fs.read_file", path(kWrapper)));
  EXPECT_FALSE(is_probe("fs.read_file", path("/usr/libexec/unitlock-exec2")));
  EXPECT_FALSE(is_probe("fs.read_dir", path("/")));
  EXPECT_TRUE(is_probe("fs.read_file", path("/proc/712/projid_map")));
  EXPECT_FALSE(is_probe("fs.write_file", path("/proc/712/projid_map")));
  EXPECT_FALSE(is_probe("fs.read_file", path("/proc/712/uid_map")));
  EXPECT_FALSE(is_probe("fs.read_file", path("/proc/712/task/712/projid_map")));
  EXPECT_FALSE(is_probe("fs.read_file", path("/proc//projid_map")));
  EXPECT_FALSE(is_probe("fs.read_file", path("/proc/projid_map")));
}

/// A wrapper inside of another confinement.
TEST(ProbeDenial, TrialsOfTheWrapper) {
  auto is_trial = [](const char* blockers, const char* object, const char* exe) {
    Denial denial;
    denial.blockers = blockers;
    denial.object = path(object);
    denial.process.exe = exe;
    return is_probe(denial, kWrapper);
  };
  EXPECT_TRUE(is_trial("fs.read_dir", "/", kWrapper));
  EXPECT_TRUE(is_trial("fs.write_file", "/proc/12/comm", kWrapper));
  EXPECT_TRUE(is_trial("fs.read_file", "/proc/12/comm", kWrapper));
  EXPECT_FALSE(is_trial("fs.read_dir", "/", "/usr/bin/ls"));
  EXPECT_FALSE(is_trial("fs.write_file", "/proc/12/comm", "/usr/bin/ls"));
  EXPECT_FALSE(is_trial("fs.read_dir", "/etc", kWrapper));
  EXPECT_FALSE(is_trial("fs.execute", "/usr/bin/ls", kWrapper)) << "the service's program";
}

/// UDP to a multicast group is something that services do.
TEST(ProbeDenial, Ports) {
  EXPECT_TRUE(is_probe("net.bind_tcp", address("192.0.2.1")));
  EXPECT_TRUE(is_probe("net.connect_tcp", address("224.0.0.1")));
  EXPECT_TRUE(is_probe("net.connect_send_udp", address("192.0.2.1")));
  EXPECT_FALSE(is_probe("net.connect_send_udp", address("224.0.0.1")));
  EXPECT_FALSE(is_probe("net.bind_tcp", address("")));
}

TEST(ProbeDenial, Scopes) {
  EXPECT_TRUE(is_probe("scope.signal", process("unitlock-probe")));
  EXPECT_FALSE(is_probe("scope.signal", process("unitlock-probes")));
  EXPECT_FALSE(is_probe("ptrace", process("unitlock-probe")));
  Object socket;
  socket.kind = Object::Kind::AbstractSocket;
  socket.path = "unitlock-probe-77";
  EXPECT_TRUE(is_probe("scope.abstract_unix_socket", socket));
  EXPECT_FALSE(is_probe("scope.abstract_unix_socket", Object()));
}

} // namespace
} // namespace unitlock::journal
