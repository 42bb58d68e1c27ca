#include "packages/package_output.hpp"

#include <gtest/gtest.h>

namespace dockerext::packages {
namespace {

TEST(PackageFault, IsFoundInTheOutput) {
    const std::pair<const char*, PackageFault> cases[] = {
        {"E: Could not get lock /var/lib/apt/lists/lock. It is held by process 8672 (python3)\n"
         "E: Unable to lock directory /var/lib/apt/lists/",
         PackageFault::lock_held},
        {"E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process "
         "using it?",
         PackageFault::lock_held},
        {"dpkg: error: dpkg frontend lock was locked by another process with pid 12",
         PackageFault::lock_held},
        {"System management is locked by the application with pid 1234 (/usr/bin/zypper).\nClose this "
         "application",
         PackageFault::lock_held},
        {"error: can't create transaction lock on /var/lib/rpm/.rpm.lock (Resource temporarily unavailable)",
         PackageFault::lock_held},
        {"E: Unable to locate package docker.io", PackageFault::not_found},
        {"E: Package 'docker.io' has no installation candidate", PackageFault::not_found},
        {"E: Version '26*' for 'docker.io' was not found", PackageFault::not_found},
        {"No match for argument: docker-ce-1.0*\nError: Unable to find a match: docker-ce-1.0*",
         PackageFault::not_found},
        {"'docker' not found in package names. Trying capabilities.\nNo provider of 'docker' found.",
         PackageFault::not_found},
        {"Err:1 http://deb.example.org bookworm InRelease\n  Temporary failure resolving 'deb.example.org'\n"
         "E: Failed to fetch http://deb.example.org/x.deb  Temporary failure resolving 'deb.example.org'",
         PackageFault::no_network},
        {"Error: Failed to download metadata for repo 'baseos': Cannot prepare internal mirrorlist: Curl "
         "error (6)",
         PackageFault::no_network},
        {"E: Failed to fetch https://a/gpg  Redirection from https to 'http://b/gpg' is forbidden [IP: "
         "127.0.0.1 18097]",
         PackageFault::insecure_redirect},
        {"curl: (1) Protocol \"http\" not supported or disabled in libcurl", PackageFault::insecure_redirect},
        {"curl: (1) Protocol \"http\" disabled", PackageFault::insecure_redirect},
        {"curl: (6) Could not resolve host: download.docker.com", PackageFault::no_network},
        {"E: Failed to fetch http://deb.example.org/x.deb  404  Not Found [IP: 192.0.2.1 80]",
         PackageFault::stale_lists},
        {"dpkg: error processing archive x.deb (--unpack):\n cannot copy extracted data: failed to write (No "
         "space left on "
         "device)\nE: Sub-process /usr/bin/dpkg returned an error code (1)",
         PackageFault::disk_full},
        {"E: You don't have enough free space in /var/cache/apt/archives/.", PackageFault::disk_full},
        {"E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem.",
         PackageFault::interrupted},
        {"W: GPG error: https://download.docker.com x InRelease: The following signatures couldn't be "
         "verified because the "
         "public key is not available: NO_PUBKEY 7EA0A9C3F273FCD8",
         PackageFault::untrusted},
        {"Error: GPG check FAILED", PackageFault::untrusted},
        {"Segmentation fault", PackageFault::other},
        {"", PackageFault::other},
    };
    for (const auto& [tool_output, fault] : cases)
        EXPECT_EQ(package_fault(tool_output), fault) << tool_output;
}

TEST(LockHolder, IsTheProcessInTheOutput) {
    EXPECT_EQ(
        lock_holder(
            "Waiting for cache lock: Could not get lock /x. It is held by process 86 (unattended-upgr)..."),
        "process 86 (unattended-upgr)");
    EXPECT_EQ(lock_holder("System management is locked by the application with pid 12 (/usr/bin/zypper)."),
              "process 12 (/usr/bin/zypper)");
    EXPECT_EQ(lock_holder("Waiting for process with pid 77 to finish."), "process 77");
    EXPECT_EQ(lock_holder("E: Unable to acquire the dpkg frontend lock (/x), is another process using it?"),
              "");
}

TEST(PackageProgress, IsFoundInALine) {
    const std::pair<const char*, const char*> cases[] = {
        {"Waiting for cache lock: Could not get lock /x. It is held by process 86 (apt)...",
         "waiting for the package manager's lock, held by process 86 (apt)"},
        {"Get:1 http://deb.example.org bookworm/main amd64 runc amd64 1.1.5 [2,710 kB]",
         "downloading packages"},
        {"Unpacking docker.io (20.10.24+dfsg1-1+deb12u1) ...", "unpacking docker.io"},
        {"Setting up containerd (1.6.20~ds1-1) ...", "setting up containerd"},
        {"Reading package lists...", ""},
        {"", ""},
    };
    for (const auto& [line, expected_progress] : cases)
        EXPECT_EQ(package_progress(line).value_or(""), expected_progress) << line;
}

}  // namespace
}  // namespace dockerext::packages
