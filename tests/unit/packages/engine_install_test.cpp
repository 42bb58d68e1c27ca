#include "packages/engine_install.hpp"

#include "distributions.hpp"
#include "openpgp_keys.hpp"
#include "packages/openpgp_key.hpp"
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace dockerext::packages {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

/// Package managers that fail on demand: scripts, which are the only programs in the search path.
struct EngineInstall : testing::Test {
    EngineInstall() {
        tools.root = folder / "root";
        tools.search_path = (folder / "bin").string();
        tools.lock_timeout = 1min;
        tools.lock_retry_delay = 10ms;
        tools.limit = 1min;
        tools.progress = [this](const std::string& doing) { progress_lines.push_back(doing); };
        fs::create_directories(folder / "bin");
        fs::create_directories(folder / "root");
    }
    /// Makes a program that logs its command line and then runs `script`.
    void program(const std::string& name, const std::string& script) {
        const fs::path path = folder / "bin" / name;
        test::write_file(path, "#!/bin/sh\nF=" + folder.path().string() + "\necho " + name +
                                   " \"$@\" >>$F/log\nsays() { [ -e \"$F/$1\" ]; }\n"
                                   "once() { ! says \"$1\" && : >\"$F/$1\"; }\n" +
                                   script);
        fs::permissions(path, fs::perms(0755));
    }
    Result<> install(const model::InstallEngine& request = {}, const char* release = debian_12) {
        return test::run(io, install_engine(*engine_packages(parse_os_release(release), request), tools));
    }
    /// The commands that ran, each as its name and operation.
    std::vector<std::string> log() const {
        std::istringstream lines(test::read_file(folder / "log"));
        std::vector<std::string> runs;
        for (std::string line; std::getline(lines, line);) {
            for (const char* word : {" update", " install", " --configure -a"})
                if (line.find(word) != std::string::npos) line = line.substr(0, line.find(' ')) + word;
            runs.push_back(line);
        }
        return runs;
    }

    test::TemporaryFolder folder;
    asio::io_context io;
    PackageTools tools;
    std::vector<std::string> progress_lines;
};

TEST_F(EngineInstall, RunsOneCommandNormally) {
    program("apt-get",
            "echo 'Unpacking docker.io (20.10) ...'\n"
            "[ \"$DEBIAN_FRONTEND $NEEDRESTART_SUSPEND\" = 'noninteractive 1' ]\n");
    const auto outcome = install();
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_THAT(log(), ElementsAre("apt-get install"));
    EXPECT_THAT(progress_lines, ElementsAre("installing docker.io", "unpacking docker.io"));
}

TEST_F(EngineInstall, UpdatesThePackageListsWhenThePackageIsUnknown) {
    program("apt-get",
            "case \"$*\" in *update) : >$F/updated ;; *) says updated || "
            "{ echo 'E: Unable to locate package docker.io' >&2; exit 100; } ;; esac\n");
    const auto outcome = install();
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_THAT(log(), ElementsAre("apt-get install", "apt-get update", "apt-get install"));
    EXPECT_THAT(progress_lines,
                ElementsAre("installing docker.io", "updating the package lists", "installing docker.io"));
}

TEST_F(EngineInstall, ReportsAMissingPackageOrVersion) {
    program(
        "apt-get",
        "case \"$*\" in *update) ;; *) echo \"E: Version '99*' for 'docker.io' was not found\" >&2; exit 100 "
        ";; esac\n");
    const auto outcome = install({model::EngineSource::distro, "99", "", ""});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind(), ErrorKind::not_found);
    EXPECT_EQ(outcome.error().message(),
              "install docker.io: package or version not found: E: Version '99*' for 'docker.io' "
              "was not found; choose an available version, or remove the pin (docker.install.version)");
    EXPECT_THAT(log(), ElementsAre("apt-get install", "apt-get update", "apt-get install"));
}

TEST_F(EngineInstall, ReportsANetworkFailure) {
    program("apt-get",
            "case \"$*\" in *update) echo \"W: Failed to fetch http://x/y  Temporary failure resolving "
            "'x'\"; exit "
            "100 ;; *) echo 'E: Unable to locate package docker.io' >&2; exit 100 ;; esac\n");
    const auto outcome = install();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind(), ErrorKind::unavailable);
    EXPECT_EQ(outcome.error().message(),
              "install docker.io: update the package lists: the package server cannot be reached: W: Failed "
              "to fetch "
              "http://x/y  Temporary failure resolving 'x'");
}

TEST_F(EngineInstall, InstallsFromAvailableListsWhenAnotherRepositoryFails) {
    program("apt-get",
            "case \"$*\" in *update) : >$F/updated; echo 'E: Failed to fetch http://broken/' >&2; exit 100 "
            ";; *) says "
            "updated || { echo 'E: Unable to locate package docker.io' >&2; exit 100; } ;; esac\n");
    EXPECT_TRUE(install());
}

/// Issue 60 of the old extension: another package manager is running.
TEST_F(EngineInstall, WaitsForTheLockOfAnotherProcess) {
    program("apt-get",
            "once first || once second || exit 0\n"
            "echo 'E: Could not get lock /var/lib/dpkg/lock. It is held by process 86 (unattended-upgr)' "
            ">&2; exit 100\n");
    const auto outcome = install();
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_THAT(log(), ElementsAre("apt-get install", "apt-get install", "apt-get install"));
    EXPECT_THAT(progress_lines,
                ElementsAre("installing docker.io",
                            "waiting for the package manager's lock, held by process 86 (unattended-upgr)"));
}

TEST_F(EngineInstall, DoesNotWaitForALockForEver) {
    program("apt-get",
            "echo 'E: Could not get lock /x. It is held by process 86 (unattended-upgr)' >&2; exit 100\n");
    std::optional<Result<>> outcome;
    // On a loaded machine the first attempt alone may take all the time: then retry with more.
    for (tools.lock_timeout = 500ms; log().size() < 2 && tools.lock_timeout < 1min; tools.lock_timeout *= 4) {
        fs::remove(folder / "log");
        outcome = install();
    }
    ASSERT_FALSE(*outcome);
    EXPECT_EQ(outcome->error().kind(), ErrorKind::conflict);
    EXPECT_EQ(outcome->error().message(),
              "install docker.io: another process is using the package manager (process 86 "
              "(unattended-upgr)): E: Could "
              "not get lock /x. It is held by process 86 (unattended-upgr)");
    EXPECT_GT(log().size(), 1U);
}

TEST_F(EngineInstall, CompletesAnInterruptedInstallation) {
    program("apt-get",
            "once first && { echo \"E: dpkg was interrupted, you must manually run 'dpkg --configure -a'\" "
            ">&2; exit "
            "100; }\nexit 0\n");
    program("dpkg", "");
    EXPECT_TRUE(install());
    EXPECT_THAT(log(), ElementsAre("apt-get install", "dpkg --configure -a", "apt-get install"));
}

TEST_F(EngineInstall, ErrorsQuoteTheLastOutput) {
    const std::tuple<const char*, ErrorKind, const char*> cases[] = {
        {"E: You don't have enough free space in /var/cache/apt/archives/.", ErrorKind::unavailable,
         "the disk is full: E: You don't have enough free space in /var/cache/apt/archives/."},
        {"something odd", ErrorKind::internal, "the package manager failed: something odd"},
    };
    for (const auto& [tool_output, kind, message] : cases) {
        program("apt-get", "echo \"" + std::string(tool_output) + "\" >&2; exit 1\n");
        const auto outcome = install();
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().kind(), kind);
        EXPECT_EQ(outcome.error().message(), "install docker.io: " + std::string(message));
    }
}

TEST_F(EngineInstall, HidesSecretsBeforeTruncatingTheOutput) {
    const std::string secret(40, 's');
    tools.redact = Redactor({Secret(secret), Secret("docker.io")});
    program("apt-get",
            "once broken && printf '%s%01010d' " + secret +
                " 0 >&2 && exit 1\n"
                "echo Unpacking docker.io now; echo E: Unable to locate package docker.io; exit 100\n");
    EXPECT_EQ(install().error().message(),
              "install docker.io: the package manager failed: (hidden)" + std::string(1010, '0'));
    const auto outcome = install();
    EXPECT_EQ(outcome.error().kind(), ErrorKind::not_found);  // the error is recognized before it is redacted
    EXPECT_TRUE(outcome.error().message().ends_with("E: Unable to locate package (hidden)"));
    EXPECT_EQ(progress_lines.back(), "unpacking (hidden)");
}

TEST_F(EngineInstall, NeedsThePackageManager) {
    const auto outcome = install();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().message(), "install docker.io: apt-get: no such program");
}

TEST_F(EngineInstall, EndsWhenCancelled) {
    program("apt-get", "/bin/sleep 100\n");
    tools.limit = 1h;
    auto recipe = *engine_packages(parse_os_release(debian_12), {});
    const auto outcome =
        test::run(io, with_timeout(100ms, "outer", install_engine(std::move(recipe), tools)));
    EXPECT_EQ(outcome.error().message(), "outer");
}

/// Issue 74 of the old extension: an engine of a chosen version.
TEST_F(EngineInstall, PinsTheVersionUntilUnpinned) {
    program("apt-get", "/bin/cat $F/root/etc/apt/preferences.d/dockerextd >$F/meanwhile\n");
    const model::InstallEngine request{model::EngineSource::distro, "20.10", "", ""};
    const mode_t before = ::umask(077);
    ASSERT_TRUE(install(request));
    ::umask(before);
    const fs::path file = folder / "root/etc/apt/preferences.d/dockerextd";
    EXPECT_THAT(test::read_file(file), HasSubstr("Pin: version 20.10*\n"));
    EXPECT_EQ(test::read_file(folder / "meanwhile"), test::read_file(file)) << "a power cut in between";
    EXPECT_EQ(fs::status(file).permissions(), fs::perms(0644)) << "apt reads it as another user";
    EXPECT_EQ(fs::status(file.parent_path()).permissions(), fs::perms(0755));
    auto recipe = *engine_packages(parse_os_release(debian_12), request);
    EXPECT_TRUE(test::run(io, unpin_version(recipe, tools)));
    EXPECT_FALSE(fs::exists(file));
    EXPECT_TRUE(test::run(io, unpin_version(recipe, tools))) << "again";
}

TEST_F(EngineInstall, ReportsAPinningFailure) {
    program("dnf",
            "case \"$*\" in *versionlock*) echo 'No such command: versionlock.' >&2; exit 1 ;; esac\n");
    const auto outcome = install({model::EngineSource::distro, "25.0", "", ""}, amazon_2023);
    ASSERT_FALSE(outcome);
    EXPECT_THAT(
        outcome.error().message(),
        HasSubstr("keep the version: dnf --assumeyes install dnf-command(versionlock): the package manager "
                  "failed: No such command: versionlock."));
}

struct PackageRemoval : EngineInstall {
    Result<> remove(std::vector<std::string> packages, const char* release = debian_12) {
        return test::run(io, remove_packages(*package_removal(parse_os_release(release), packages), tools));
    }
    void there_is(const std::string& listing) {
        test::write_file(folder / "listing", listing);
        program("dpkg-query", "/bin/cat $F/listing; exit 1\n");
    }
    /// The last command, from "remove" on.
    std::string last() const {
        const std::string all = test::read_file(folder / "log");
        const std::size_t begin = all.rfind("remove ");
        return begin == std::string::npos ? "" : all.substr(begin);
    }
};

TEST_F(PackageRemoval, RemovesInstalledPackagesOnly) {
    there_is("docker-ce\t5:26.1\tinstalled\ncontainerd.io\t1.7\thalf-configured\n");
    program("apt-get", "[ \"$DEBIAN_FRONTEND\" = noninteractive ]\n");
    const auto removed = remove({"docker-ce", "docker-ce-cli", "containerd.io"});
    ASSERT_TRUE(removed) << removed.error().message();
    EXPECT_EQ(last(), "remove docker-ce containerd.io\n");
    EXPECT_THAT(progress_lines, ElementsAre("removing docker-ce, containerd.io"));
}

TEST_F(PackageRemoval, HasNothingToDoTheSecondTime) {
    there_is("docker.io\t20.10\tconfig-files\n");
    program("apt-get", "exit 100\n");
    EXPECT_TRUE(remove({"docker.io"}));
    EXPECT_EQ(last(), "");
}

TEST_F(PackageRemoval, FailsWhenPackagesCannotBeListed) {
    program("dpkg-query", "echo 'dpkg-query: error: failed to open package info file' >&2; exit 2\n");
    const auto removed = remove({"docker.io"});
    ASSERT_FALSE(removed);
    EXPECT_EQ(removed.error().message(),
              "look for the engine's package: dpkg-query: error: failed to open package info file");
}

TEST_F(PackageRemoval, WaitsForALockAndThenReportsIt) {
    there_is("docker.io\t20.10\tinstalled\n");
    program("apt-get",
            "once first || exit 0\n"
            "echo 'E: Could not get lock /x. It is held by process 86 (unattended-upgr)' >&2; exit 100\n");
    EXPECT_TRUE(remove({"docker.io"}));
    tools.lock_timeout = 100ms;
    program("apt-get", "echo 'E: Could not get lock /x. It is held by process 86 (apt)' >&2; exit 100\n");
    const auto removed = remove({"docker.io"});
    ASSERT_FALSE(removed);
    EXPECT_EQ(removed.error().kind(), ErrorKind::conflict);
    EXPECT_EQ(removed.error().message(),
              "remove docker.io: another process is using the package manager (process 86 (apt)): E: Could "
              "not get lock /x. It is held by process 86 (apt)");
}

TEST_F(PackageRemoval, CompletesAnInterruptedInstallationBefore) {
    there_is("docker.io\t20.10\thalf-installed\n");
    program("apt-get",
            "once first && { echo \"E: dpkg was interrupted, you must manually run 'dpkg --configure -a'\" "
            ">&2; exit 100; }\nexit 0\n");
    program("dpkg", "");
    EXPECT_TRUE(remove({"docker.io"}));
    EXPECT_THAT(test::read_file(folder / "log"), HasSubstr("--configure -a\n"));
}

TEST_F(PackageRemoval, SupportsRpmPackageManagers) {
    program("rpm", "/usr/bin/printf 'docker\\t25.0\\tinstalled\\n'\n");
    program("zypper", "");
    EXPECT_TRUE(remove({"docker"}, sles_15));
    EXPECT_EQ(last(), "remove docker\n");
}

struct DockerRepository : EngineInstall {
    DockerRepository() {
        recipe.key->fingerprint = one_fingerprint;
        recipe.key->fetch = {"fetch", "address"};
        program("apt-get", "");
        program("fetch", "/bin/cat $F/served >\"$2\"\n");
    }
    Result<> run_install() { return test::run(io, install_engine(recipe, tools)); }

    InstallRecipe recipe =
        *engine_packages(parse_os_release(debian_12), {model::EngineSource::docker_ce, "", "", ""});
    fs::path key = folder / "root/etc/apt/keyrings/docker.asc";
    fs::path sources = folder / "root/etc/apt/sources.list.d/docker.sources";
};

TEST_F(DockerRepository, IsAddedWithItsKey) {
    test::write_file(folder / "served", one_key);
    const auto outcome = run_install();
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(test::read_file(key), read_openpgp_key(one_key)->armoured);
    EXPECT_EQ(fs::status(key).permissions(), fs::perms(0644));
    EXPECT_THAT(test::read_file(sources), HasSubstr("Signed-By: /etc/apt/keyrings/docker.asc\n"));
    EXPECT_THAT(log(),
                ElementsAre(testing::StartsWith("fetch address "), "apt-get update", "apt-get install"));
    test::write_file(folder / "log", "");
    EXPECT_TRUE(run_install());
    EXPECT_THAT(log(), ElementsAre("apt-get update", "apt-get install")) << "the key is there";
}

/// Somebody may have followed Docker's instructions, or an earlier version stored the key as downloaded.
TEST_F(DockerRepository, RewritesAnExistingKey) {
    fs::create_directories(key.parent_path());
    test::write_file(key, "# a note\n" + std::string(one_key));
    ASSERT_TRUE(run_install());
    EXPECT_EQ(test::read_file(key), read_openpgp_key(one_key)->armoured);
    EXPECT_THAT(log(), ElementsAre("apt-get update", "apt-get install")) << "nothing is fetched for that";
    test::write_file(key, two_keys);
    test::write_file(folder / "served", one_key);
    ASSERT_TRUE(run_install());
    EXPECT_EQ(test::read_file(key), read_openpgp_key(one_key)->armoured);
}

TEST_F(DockerRepository, IsNotAddedWithAnOversizedKey) {
    const std::string end(longest_openpgp_key, '\n');
    for (const char* how : {"exit 0", "kill -XFSZ $$"}) {
        test::write_file(folder / "served", one_key + end);
        program("fetch", "/bin/cat $F/served >\"$2\"\n" + std::string(how) + "\n");
        const auto outcome = run_install();
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().kind(), ErrorKind::invalid_input);
        EXPECT_EQ(outcome.error().message(),
                  "fetch the packages' key: the server sent 64 KiB or more, which is not a key; check the "
                  "mirror, or use another one (docker.install.mirror)");
    }
    EXPECT_FALSE(fs::exists(key));
}

TEST_F(DockerRepository, RejectsARedirectFromHttpsToHttp) {
    program("fetch", "echo \"E: Redirection from https to 'http://a/gpg' is forbidden\" >&2; exit 100\n");
    EXPECT_EQ(run_install().error().message(),
              "fetch the packages' key: the package server redirects from https to http, which is not "
              "secure: E: Redirection from https to 'http://a/gpg' is forbidden");
}

TEST_F(DockerRepository, RefusesAnotherKey) {
    for (const char* served : {two_keys, "<html>no</html>", ""}) {
        test::write_file(folder / "served", served);
        const auto outcome = run_install();
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().kind(), ErrorKind::invalid_input);
    }
    test::write_file(folder / "served", one_key);
    recipe.key->fingerprint = "9DC858229FC7DD38854AE2D88D81803C0EBFCD88";
    const auto outcome = run_install();
    EXPECT_EQ(outcome.error().message(),
              "the fetched key is not the expected signing key: it has the fingerprint "
              "E3C2FC4B80D464FD8B1251D83E6B8C1B46988F0D, not 9DC858229FC7DD38854AE2D88D81803C0EBFCD88");
    EXPECT_FALSE(fs::exists(key));
    EXPECT_FALSE(fs::exists(sources));
    EXPECT_THAT(log(), testing::Not(testing::Contains("apt-get install")));
}

TEST_F(DockerRepository, NeedsTheNetworkForItsKey) {
    program("fetch", "echo 'curl: (6) Could not resolve host: download.docker.com' >&2; exit 6\n");
    const auto outcome = run_install();
    EXPECT_EQ(outcome.error().kind(), ErrorKind::unavailable);
    EXPECT_EQ(
        outcome.error().message(),
        "fetch the packages' key: the package server cannot be reached: curl: (6) Could not resolve host: "
        "download.docker.com");
}

struct InstalledEngineLookup : EngineInstall {
    std::string found(PackageFamily family) {
        const auto engine = test::run(io, installed_engine(family, tools));
        if (!engine) return engine.error().message();
        if (!*engine) return "none";
        const fs::path program = (*engine)->program.lexically_relative(tools.root);
        const auto package = (*engine)->package.value_or(model::EnginePackage{});
        return package.name + " " + package.version + " " + program.string() +
               (package.complete ? "" : " incomplete");
    }
};

TEST_F(InstalledEngineLookup, IsFoundByItsPackageAndItsProgram) {
    program("dpkg-query",
            "/bin/cat $F/listing; echo 'dpkg-query: no packages found matching moby-engine' >&2; exit 1\n");
    const std::pair<const char*, const char*> cases[] = {
        {"", "none"},
        {"docker.io\t20.10.24+dfsg1-1\tinstalled\n", "docker.io 20.10.24+dfsg1-1 "},
        {"docker.io\t20.10\tconfig-files\ndocker-ce\t5:26.1.4-1~debian.12~bookworm\tinstalled\n",
         "docker-ce 5:26.1.4-1~debian.12~bookworm "},
        {"docker.io\t\tnot-installed\n", "none"},
        {"docker.io\t20.10\thalf-configured\n", "docker.io 20.10  incomplete"},
        {"docker.io\t20.10\ttriggers-pending\n", "docker.io 20.10 "},
    };
    for (const auto& [listing, engine] : cases) {
        test::write_file(folder / "listing", listing);
        EXPECT_EQ(found(PackageFamily::apt), engine);
    }
    fs::create_directories(folder / "root/usr/local/bin");
    test::write_file(folder / "root/usr/local/bin/dockerd", "");
    test::write_file(folder / "listing", "");
    EXPECT_EQ(found(PackageFamily::apt), "  usr/local/bin/dockerd") << "by hand, of no package";
}

TEST_F(InstalledEngineLookup, IsFoundByRpm) {
    program("rpm",
            "echo 'package moby-engine is not installed'; /usr/bin/printf "
            "'docker-ce\\t3:26.1.4-1.el9\\tinstalled\\n'; "
            "exit 1\n");
    EXPECT_EQ(found(PackageFamily::dnf), "docker-ce 3:26.1.4-1.el9 ");
    EXPECT_EQ(found(PackageFamily::apt), "look for the engine's package: dpkg-query: no such program");
}

TEST_F(InstalledEngineLookup, IsFoundByTheRealDpkg) {
    tools.search_path = "/usr/bin:/bin";
    const auto engine = test::run(io, installed_engine(PackageFamily::apt, tools));
    ASSERT_TRUE(engine) << engine.error().message();
    const std::string version = *engine && (*engine)->package ? (*engine)->package->version : "0";
    EXPECT_THAT(version, testing::ContainsRegex("^[0-9]"));
}

}  // namespace
}  // namespace dockerext::packages
