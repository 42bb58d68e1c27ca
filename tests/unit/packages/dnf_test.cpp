#include "packages/engine_install.hpp"

#include "base/unique_fd.hpp"
#include "distributions.hpp"
#include "packages/openpgp_key.hpp"
#include "small_rpms.hpp"
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::packages {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

/// Runs the real dnf on a simulated Fedora whose only repository has small packages.
struct Dnf : testing::Test {
    static void SetUpTestSuite() {
        for (const char* path :
             {"/usr/bin/dnf", "/usr/bin/rpmbuild", "/usr/bin/rpmsign", "/usr/bin/createrepo_c",
              "/usr/bin/gpg", "/usr/lib/python3/dist-packages/dnf-plugins/versionlock.py"})
            if (!fs::exists(path)) missing = path;
        if (std::system("unshare --mount true") != 0) missing = "root, and mounts of its own";
        if (!missing.empty()) return;
        offered = std::make_unique<test::TemporaryFolder>();
        test::write_file(*offered / "packages.spec", small_packages);
        test::write_file(*offered / "make", make_repositories);
        const std::string made = "/bin/sh " + (*offered / "make").string() + " " + offered->path().string() +
                                 " >" + (*offered / "log").string() + " 2>&1";
        ASSERT_EQ(std::system(made.c_str()), 0) << test::read_file(*offered / "log");
    }
    static void TearDownTestSuite() { offered.reset(); }

    void SetUp() override {
        if (!missing.empty()) GTEST_SKIP() << "needs " << missing;
        for (const char* part : {"bin", "root/etc/dnf/vars", "root/etc/yum.repos.d", "root/etc/pki/rpm-gpg",
                                 "root/var", "root/usr/local", "root/root"})
            fs::create_directories(folder / part);
        for (const char* program : {"bin/dnf", "bin/rpm"}) {
            test::write_file(folder / program, run_inside);
            fs::permissions(folder / program, fs::perms(0755));
        }
        test::write_file(folder / "root/etc/os-release", fedora_40);
        configure("skip_if_unavailable=True");
        test::write_file(folder / "root/etc/dnf/vars/releasever", "40\n");
        offer("file://" + (*offered / "unsigned").string());
        tools.root = folder / "root";
        tools.search_path = (folder / "bin").string();
        tools.limit = 5min;
    }
    void configure(const std::string& line) {
        test::write_file(folder / "root/etc/dnf/dnf.conf", dnf_settings + line + "\n");
    }
    /// Makes the repositories of `server` the distribution's own.
    void offer(const std::string& server) {
        test::write_file(
            folder / "root/etc/yum.repos.d/fedora.repo",
            "[fedora]\nname=Fedora\ngpgcheck=0\nbaseurl=" + server + "/linux/fedora/40/$basearch/stable\n");
    }
    /// Docker's packages alone, from a local folder as the server, signed with its own key.
    InstallRecipe dockers(const std::string& server) const {
        fs::remove(folder / "root/etc/yum.repos.d/fedora.repo");
        const std::string key = test::read_file(*offered / "key.asc");
        auto recipe = *engine_packages(parse_os_release(fedora_40),
                                       {model::EngineSource::docker_ce, "26.1", "https://docker.example",
                                        read_openpgp_key(key)->fingerprint, ""});
        test::write_file(folder / "root" / recipe.key->path.relative_path(), key);
        std::string& repository = recipe.files.at(0).text;
        const std::string_view told = "https://docker.example";
        repository.replace(repository.find(told), told.size(), "file://" + (*offered / server).string());
        return recipe;
    }
    template <typename T>
    T finish(Task<T> task) {
        std::optional<T> result;
        io.restart();
        test::start(io, store_result(std::move(task), result));
        io.run();
        return std::move(result).value();
    }
    InstallRecipe recipe(const std::string& version = {}) const {
        return *engine_packages(parse_os_release(fedora_40),
                                {model::EngineSource::distro, version, "", "", ""});
    }
    Result<> install(InstallRecipe recipe) { return finish(install_engine(std::move(recipe), tools)); }
    std::string installed() {
        const auto engine = finish(installed_engine(PackageFamily::dnf, tools));
        if (!engine) return engine.error().message();
        if (!*engine || !(*engine)->package) return "none";
        return (*engine)->package->name + " " + (*engine)->package->version;
    }
    /// Runs dnf in the way that another administrator of the machine would.
    void dnf(std::initializer_list<std::string> words) {
        Command command{"dnf", "--assumeyes"};
        command.insert(command.end(), words);
        ChildOptions options;
        options.search_path = tools.search_path;
        options.limit = tools.limit;
        const auto ended = finish(run_child(command, options));
        ASSERT_TRUE(ended && ended->succeeded())
            << (ended ? ended->out + ended->err : ended.error().message());
    }

    static inline std::string missing;
    static inline std::unique_ptr<test::TemporaryFolder> offered;
    test::TemporaryFolder folder;
    asio::io_context io;
    PackageTools tools;
};

TEST_F(Dnf, InstallsTheDistributionsEngine) {
    EXPECT_EQ(installed(), "none");
    const auto outcome = install(recipe());
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(installed(), "moby-engine 27.0.1-1");
    EXPECT_EQ(dockerd_under(tools.root), tools.root / "usr/local/bin/dockerd");
}

/// Issue 74 of the old extension: an engine of a chosen version.
TEST_F(Dnf, PinsTheVersionUntilUnpinned) {
    const auto outcome = install(recipe("26.1"));
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(installed(), "moby-engine 26.1.4-1");
    dnf({"upgrade"});
    EXPECT_EQ(installed(), "moby-engine 26.1.4-1");
    for (int times = 0; times < 2; ++times) {
        const auto released = finish(unpin_version(recipe("26.1"), tools));
        EXPECT_TRUE(released) << released.error().message();
    }
    dnf({"upgrade"});
    EXPECT_EQ(installed(), "moby-engine 27.0.1-1");
}

TEST_F(Dnf, InstallsAnotherVersionAfterUnpinning) {
    ASSERT_TRUE(install(recipe("26.1")));
    dnf({"remove", "moby-engine"});
    EXPECT_FALSE(install(recipe("27.0"))) << "nothing else is offered";
    EXPECT_TRUE(finish(unpin_version(recipe("26.1"), tools)));
    const auto outcome = install(recipe("27.0"));
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(installed(), "moby-engine 27.0.1-1");
}

TEST_F(Dnf, UnpinsAVersionThatWasNeverInstalled) {
    EXPECT_FALSE(install(recipe("99")));
    const auto released = finish(unpin_version(recipe("99"), tools));
    EXPECT_TRUE(released) << released.error().message();
}

/// Issue 60 of the old extension: another package manager is running.
TEST_F(Dnf, WaitsForAnotherDnf) {
    const fs::path lock = folder / "root/var/lib/dnf/rpmdb_lock.pid";
    const std::string pid = std::to_string(::getpid());
    fs::create_directories(lock.parent_path());
    test::write_file(lock, pid);
    std::vector<std::string> told;
    tools.progress = [&](const std::string& doing) {
        told.push_back(doing);
        if (doing.starts_with("waiting")) fs::remove(lock);
    };
    const auto outcome = install(recipe());
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_THAT(told, Contains("waiting for the package manager's lock, held by process " + pid));
    EXPECT_EQ(installed(), "moby-engine 27.0.1-1");
}

/// rpm itself does not wait for the lock.
TEST_F(Dnf, WaitsForAnotherRpm) {
    const fs::path lock = folder / "root/root/.rpmdb/.rpm.lock";  // the path in Debian's rpm
    fs::create_directories(lock.parent_path());
    UniqueFd holder(::open(lock.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644));
    ASSERT_EQ(::lockf(holder.get(), F_LOCK, 0), 0);
    std::vector<std::string> told;
    tools.lock_retry_delay = 10ms;
    tools.progress = [&](const std::string& doing) {
        told.push_back(doing);
        if (doing.starts_with("waiting")) holder = UniqueFd();
    };
    const auto outcome = install(recipe());
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_THAT(told, Contains("waiting for the package manager's lock"));
    EXPECT_EQ(installed(), "moby-engine 27.0.1-1");
}

TEST_F(Dnf, ReportsAMissingVersion) {
    const auto outcome = install(recipe("99"));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind(), ErrorKind::not_found);
    EXPECT_THAT(outcome.error().message(),
                AllOf(StartsWith("install moby-engine: package or version not found: "),
                      HasSubstr("No match for argument: moby-engine-99*"),
                      EndsWith("; choose an available version, or remove the pin (docker.install.version)")));
}

TEST_F(Dnf, ReportsAnUnreachableRepository) {
    offer("http://127.0.0.1:1");
    for (const char* skip : {"True", "False"}) {
        configure("skip_if_unavailable=" + std::string(skip));
        const auto outcome = install(recipe());
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().kind(), ErrorKind::unavailable);
        EXPECT_THAT(outcome.error().message(),
                    AllOf(StartsWith("install moby-engine: the package server cannot be reached: "),
                          HasSubstr("http://127.0.0.1:1/")));
    }
}

TEST_F(Dnf, ReportsAPinningFailure) {
    configure("excludepkgs=*versionlock*");
    const auto outcome = install(recipe("26.1"));
    ASSERT_FALSE(outcome);
    EXPECT_THAT(outcome.error().message(),
                StartsWith("keep the version: dnf --assumeyes install dnf-command(versionlock): "));
    EXPECT_EQ(installed(), "moby-engine 26.1.4-1");
}

TEST_F(Dnf, InstallsOnlySignedDockerPackages) {
    auto outcome = install(dockers("unsigned"));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind(), ErrorKind::invalid_input);
    EXPECT_THAT(
        outcome.error().message(),
        StartsWith("install docker-ce, docker-ce-cli: the packages are not signed with the expected key: "));
    EXPECT_EQ(installed(), "none");
    outcome = install(dockers("signed"));
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(installed(), "docker-ce 3:26.1.4-1");
    dnf({"upgrade"});
    EXPECT_EQ(installed(), "docker-ce 3:26.1.4-1");
}

}  // namespace
}  // namespace dockerext::packages
