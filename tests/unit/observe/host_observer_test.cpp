#include "observe/host_observer.hpp"

#include "support/fake_systemd.hpp"
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <functional>

namespace dockerext::observe {
namespace {

namespace fs = std::filesystem;
namespace paths = model::host_paths;
using model::ObservedHost;
using Load = model::UnitLoad;
using Active = model::UnitActive;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

/// Files below another root, where the observer does not call systemd.
struct HostFiles : testing::Test {
    fs::path at(std::string_view path) const { return folder / path.substr(1); }
    void write(std::string_view path, std::string_view text) const {
        fs::create_directories(at(path).parent_path());
        test::write_file(at(path), text);
    }
    Result<ObservedHost> look() { return test::run(io, observe_host(systemd, folder.path())); }

    asio::io_context io;
    systemd::Systemd systemd{io.get_executor(), {}};
    test::TemporaryFolder folder;
};

TEST_F(HostFiles, AreEmptyOnAnEmptyMachine) { EXPECT_EQ(look().value(), ObservedHost{}); }

TEST_F(HostFiles, AreReadWithContentAndMode) {
    const std::pair<std::string_view, mode_t> table[] = {
        {paths::drop_in, 0644},     {paths::daemon_json, 0640}, {paths::ca, 0644},
        {paths::certificate, 0444}, {paths::key, 0600},         {paths::credentials, 0600},
    };
    ObservedHost expected;
    for (const auto& [path, mode] : table) {
        const std::string text = "of " + std::string(path) + std::string("\0\xFF", 2);
        write(path, text);
        ASSERT_EQ(::chmod(at(path).c_str(), mode), 0);
        expected.files[std::string(path)] = Secret(text);
        expected.modes[std::string(path)] = mode;
    }
    write("/etc/docker/other.pem", "x");
    const ObservedHost found = look().value();
    EXPECT_EQ(found.changed_at.size(), 5U) << "dockerd does not read the logins";
    EXPECT_GT(found.changed_at.at(std::string(paths::daemon_json)), model::WallTime{});
    expected.changed_at = found.changed_at;
    EXPECT_EQ(found, expected);
}

TEST_F(HostFiles, ThatAreNotRegularAreReportedAndNotRead) {
    const std::pair<const char*, std::function<void(const fs::path&)>> table[] = {
        {"symbolic link",
         [&](const fs::path& path) {
             write("/elsewhere", "{}");
             fs::create_symlink(folder / "elsewhere", path);
         }},
        {"symbolic link", [](const fs::path& path) { fs::create_symlink("nowhere", path); }},
        {"directory", [](const fs::path& path) { fs::create_directory(path); }},
        {"FIFO", [](const fs::path& path) { ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0); }},
        {"larger than 1048576 bytes",
         [](const fs::path& path) { test::write_file(path, std::string((1 << 20) + 1, 'x')); }},
    };
    const fs::path path = at(paths::daemon_json);
    fs::create_directories(path.parent_path());
    write(paths::key, "of a certificate");
    for (const auto& [why, make] : table) {
        fs::remove(path);
        make(path);
        const auto host = look();
        ASSERT_TRUE(host) << host.error().message();
        EXPECT_THAT(host->unreadable, ElementsAre(Pair(paths::daemon_json, HasSubstr(why))));
        EXPECT_THAT(host->files, ElementsAre(Pair(paths::key, Secret("of a certificate"))));
        EXPECT_EQ(host->modes.size(), 1U);
    }
}

TEST_F(HostFiles, InAFolderThatIsAFileAreUnreadable) {
    write("/root", "a file");
    EXPECT_THAT(look()->unreadable, ElementsAre(Pair(paths::credentials, HasSubstr("ot a directory"))));
}

TEST_F(HostFiles, OfTheMaximumSizeAreRead) {
    write(paths::daemon_json, std::string(std::size_t{1} << 20, 'x'));
    EXPECT_EQ(look()->files.at(std::string(paths::daemon_json)).reveal().size(), std::size_t{1} << 20);
}

TEST_F(HostFiles, ShowAnEngineByItsExecutable) {
    for (const char* program :
         {"/usr/bin/dockerd", "/usr/sbin/dockerd", "/usr/local/bin/dockerd", "/usr/local/sbin/dockerd",
          "/opt/bin/dockerd", "/opt/docker/bin/dockerd", "/snap/docker/current/bin/dockerd"}) {
        EXPECT_FALSE(look()->installed);
        write(program, "#!");
        EXPECT_TRUE(look()->installed) << program;
        fs::remove(at(program));
    }
}

/// The real machine's files with a stand-in for its systemd. Tests must not depend on the other files.
struct HostUnits : testing::Test {
    HostUnits() {
        fragment().fragment = file("docker.service", "[Service]\nExecStart=/usr/bin/dockerd -H fd://\n");
        fragment().drop_ins = {};
        fragment().environment_files = {};
        test::start(io, systemd.run());
    }

    test::FakeSystemd::Unit& fragment() { return fake_systemd->units["docker.service"]; }
    std::string file(std::string_view name, std::string_view text) {
        test::write_file(folder / name, text);
        return folder / name;
    }
    Result<ObservedHost> look() { return test::run(io, observe_host(systemd, "/")); }

    test::TemporaryFolder folder;
    test::PrivateBus bus;
    asio::io_context io;
    std::optional<test::FakeSystemd> fake_systemd{std::in_place, io, bus};
    systemd::Systemd systemd{io.get_executor(), {}};
};

TEST_F(HostUnits, MatchSystemd) {
    const auto host = look();
    ASSERT_TRUE(host) << host.error().message();
    EXPECT_TRUE(host->systemd);
    EXPECT_TRUE(host->installed);
    EXPECT_EQ(host->unit, (model::ObservedUnit{.load = Load::loaded,
                                               .active = Active::failed,
                                               .enabled = true,
                                               .result = "exit-code",
                                               .run = host->unit.run,
                                               .active_since = host->unit.active_since}));
}

TEST_F(HostUnits, HaveEachSystemdState) {
    const std::pair<const char*, Load> loads[] = {{"loaded", Load::loaded},
                                                  {"not-found", Load::not_found},
                                                  {"masked", Load::masked},
                                                  {"bad-setting", Load::broken}};
    for (const auto& [word, load] : loads) {
        fragment().load = word;
        EXPECT_EQ(look()->unit.load, load) << word;
    }
    const std::pair<const char*, Active> actives[] = {
        {"inactive", Active::inactive},   {"activating", Active::activating},     {"active", Active::active},
        {"reloading", Active::reloading}, {"deactivating", Active::deactivating}, {"failed", Active::failed}};
    for (const auto& [word, active] : actives) {
        fragment().active = word;
        EXPECT_EQ(look()->unit.active, active) << word;
    }
}

TEST_F(HostUnits, AreEnabledByThemselvesOrByTheSocket) {
    fragment().file_state = "disabled";
    EXPECT_FALSE(look()->unit.enabled);
    fake_systemd->units["docker.socket"].file_state = "disabled";
    EXPECT_FALSE(look()->unit.enabled);
    fake_systemd->units["docker.socket"].file_state = "enabled";
    EXPECT_TRUE(look()->unit.enabled);
}

TEST_F(HostUnits, AreReadInSystemdOrderWithoutOurDropIn) {
    fragment().drop_ins = {file("b.conf", "b"), std::string(paths::drop_in), file("a.conf", "a"),
                           folder / "gone.conf"};
    EXPECT_THAT(look()->unit_texts,
                ElementsAre("[Service]\nExecStart=/usr/bin/dockerd -H fd://\n", "b", "a"));
    EXPECT_EQ(look()->unit_file, fragment().fragment);
}

TEST_F(HostUnits, AreReadThroughLinks) {
    fs::create_symlink(fragment().fragment, folder / "linked");
    fs::create_symlink("/dev/null", folder / "masked.conf");
    fragment().fragment = folder / "linked";
    fragment().drop_ins = {folder / "masked.conf"};
    EXPECT_THAT(look()->unit_texts, ElementsAre(HasSubstr("ExecStart"), ""));
}

TEST_F(HostUnits, WithUnreadableFilesAreAnError) {
    const fs::path drop_in = folder / "x.conf";
    fragment().drop_ins = {drop_in};
    const std::function<void()> ways[] = {[&] { test::write_file(drop_in, std::string((1 << 20) + 1, '#')); },
                                          [&] { fs::create_directory(drop_in); }};
    for (const auto& make : ways) {
        fs::remove(drop_in);
        make();
        const auto host = look();
        ASSERT_FALSE(host);
        EXPECT_THAT(host.error().message(), HasSubstr("x.conf"));
    }
}

TEST_F(HostUnits, ListEnvironmentFiles) {
    fs::create_directory(folder / "folder");
    const std::string variables = file("variables", "DOCKER_OPTS=--debug\n");
    fragment().environment_files = {variables, folder / "gone", folder / "folder"};
    EXPECT_THAT(look()->environment_files, ElementsAre(Pair(variables, "DOCKER_OPTS=--debug\n")));
}

TEST_F(HostUnits, AreNotFoundWhenMissing) {
    fake_systemd->units.clear();
    const auto host = look();
    ASSERT_TRUE(host) << host.error().message();
    EXPECT_TRUE(host->systemd);
    EXPECT_EQ(host->unit, model::ObservedUnit{});
    EXPECT_THAT(host->unit_texts, IsEmpty());
}

TEST_F(HostUnits, AreUnmanagedWithoutSystemd) {
    ASSERT_TRUE(look()->systemd);
    fake_systemd.reset();
    const auto host = look();
    ASSERT_TRUE(host) << host.error().message();
    EXPECT_FALSE(host->systemd);
    EXPECT_EQ(host->unit, model::ObservedUnit{});
}

TEST_F(HostUnits, AreUnmanagedWithoutABus) {
    ASSERT_TRUE(look()->systemd);
    bus.stop();
    const auto host = look();
    ASSERT_TRUE(host) << host.error().message();
    EXPECT_FALSE(host->systemd);
}

}  // namespace
}  // namespace dockerext::observe
