#include "apply/engine_change.hpp"
#include "support/fake_systemd.hpp"
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::apply {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using Names = std::set<std::string>;

/// A Debian machine on which apt and dpkg work on a folder with one file per installed package.
struct EnginePackagesTest : testing::Test {
    test::PrivateBus bus;
    asio::io_context io;
    test::FakeSystemd systemd{io, bus};
    systemd::Systemd units{io.get_executor(), {}};
    test::TemporaryFolder folder;
    fs::path root = folder / "root";
    state::HostRecordStore memory{folder / "host.json"};
    HostAccess host{units, memory};

    EnginePackagesTest() {
        host.root = root;
        host.search_path = (folder / "bin").string() + ":/usr/bin:/bin";
        for (const char* made : {"root/etc/docker", "bin", "packages"}) fs::create_directories(folder / made);
        test::write_file(root / "etc/os-release", "ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n");
        program("dpkg-query",
                "for p; do [ ! -e $F/packages/$p ] || printf '%s\\t1\\tinstalled\\n' $p; done; exit 1\n");
        apt("for p; do case $p in install | remove) do=$p ;; -* | *=* | apparmor | ca-certificates) ;; "
            "*) case $do in install) : >$F/packages/$p ;; remove) rm $F/packages/$p ;; esac ;; esac; done\n");
        test::start(io, units.run());
    }

    void program(const std::string& name, const std::string& script) {
        const fs::path path = folder / "bin" / name;
        test::write_file(path, "#!/bin/sh\nF=" + folder.path().string() + "\n" + script);
        fs::permissions(path, fs::perms(0755));
    }
    void apt(const std::string& script) { program("apt-get", "do=\n" + script); }
    void there_is(const std::string& package) { test::write_file(folder / "packages" / package, ""); }
    Names packages() const {
        Names names;
        for (const auto& file : fs::directory_iterator(folder / "packages"))
            names.insert(file.path().filename());
        return names;
    }

    Result<> install() { return test::run(io, install_engine(host, {})); }
    Result<> remove(model::RemoveEngine what) { return test::run(io, remove_engine(host, std::move(what))); }
    model::Installed packages_we_installed() const {
        const auto loaded = memory.load();
        return loaded ? loaded->owned.installed : model::Installed{};
    }
};

TEST_F(EnginePackagesTest, OwnsWhatAnInstallationAdds) {
    const auto installed = install();
    ASSERT_TRUE(installed) << installed.error().message();
    EXPECT_EQ(packages(), Names{"docker.io"});
    EXPECT_EQ(packages_we_installed(), (model::Installed{{"docker.io"}, {}}));
    EXPECT_TRUE(install());
    EXPECT_EQ(packages_we_installed().packages, Names{"docker.io"})
        << "a second one takes nothing for somebody else's";
}

TEST_F(EnginePackagesTest, DoesNotOwnWhatWasInstalledBefore) {
    there_is("docker.io");
    ASSERT_TRUE(install());
    EXPECT_EQ(packages_we_installed(), model::Installed{});
}

TEST_F(EnginePackagesTest, RecordsOwnershipBeforeInstalling) {
    apt("cp $F/host.json $F/seen; exit 1\n");
    EXPECT_FALSE(install());
    EXPECT_THAT(test::read_file(folder / "seen"), HasSubstr("docker.io"));
}

TEST_F(EnginePackagesTest, DoesNotOwnWhatWasNotInstalled) {
    apt("echo no network >&2; exit 100\n");
    EXPECT_FALSE(install());
    EXPECT_EQ(packages_we_installed(), model::Installed{});
    there_is("docker.io");  // installed by another program
    EXPECT_EQ(packages_we_installed(), model::Installed{});
}

TEST_F(EnginePackagesTest, OwnsWhatAFailedInstallationAdded) {
    apt(": >$F/packages/docker.io; exit 100\n");
    EXPECT_FALSE(install());
    EXPECT_EQ(packages_we_installed().packages, Names{"docker.io"});
}

TEST_F(EnginePackagesTest, ForgetsEverythingAfterARemoval) {
    ASSERT_TRUE(install());
    there_is("theirs");
    test::write_file(root / "etc/docker/key.pem", "ours");
    auto known = memory.load().value();
    known.owned.certificates = true;
    ASSERT_TRUE(memory.save(known));
    const auto removed = remove({{"docker.io"}, {{"/etc/docker/key.pem", std::nullopt, 0600}}});
    ASSERT_TRUE(removed) << removed.error().message();
    EXPECT_EQ(packages(), Names{"theirs"});
    EXPECT_FALSE(fs::exists(root / "etc/docker/key.pem"));
    EXPECT_EQ(memory.load().value(), state::HostRecord{});
}

TEST_F(EnginePackagesTest, AFailedRemovalChangesNothingAndCanBeRetried) {
    ASSERT_TRUE(install());
    test::write_file(root / "etc/docker/key.pem", "ours");
    const auto before = memory.load().value();
    apt("echo 'E: Held packages were changed' >&2; exit 100\n");
    const model::RemoveEngine what{{"docker.io"}, {{"/etc/docker/key.pem", std::nullopt, 0600}}};
    const auto removed = remove(what);
    ASSERT_FALSE(removed);
    EXPECT_EQ(removed.error().message(),
              "remove docker.io: the package manager failed: E: Held packages were changed");
    EXPECT_TRUE(fs::exists(root / "etc/docker/key.pem"));
    EXPECT_EQ(memory.load().value(), before);
    apt("rm $F/packages/docker.io\n");
    EXPECT_TRUE(remove(what));
    EXPECT_EQ(packages(), Names{});
}

}  // namespace
}  // namespace dockerext::apply
