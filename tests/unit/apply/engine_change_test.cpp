#include "apply/engine_change.hpp"

#include "apply/executor.hpp"
#include "base/spawn.hpp"
#include "support/fake_engine.hpp"
#include "support/fake_systemd.hpp"
#include "support/full_disk.hpp"
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <boost/asio/cancellation_signal.hpp>

#include <algorithm>
#include <optional>

namespace dockerext::apply {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using model::ChangeEngine;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Effect = ChangeEngine::Effect;

const std::string json(model::host_paths::daemon_json);
const std::string drop_in(model::host_paths::drop_in);
const std::string key(model::host_paths::key);
const std::string credentials(model::host_paths::credentials);
constexpr const char* old_json = R"({"log-level": "warn"})";
constexpr const char* new_json = "{\"log-level\": \"info\", \"secret\": \"sesame-open\"}\n";
constexpr const char* old_key = "the old key, sesame-shut";
const std::string daemon_reload = "Reload", reset = "ResetFailedUnit docker.service",
                  restart = "RestartUnit docker.service replace",
                  reload = "ReloadUnit docker.service replace";

constexpr Duration answer_timeout = 30s;
constexpr Duration short_answer_timeout = 400ms;

/// Makes a folder inaccessible, even for root (chmod would not).
void block_folder(const fs::path& folder) { test::write_file(folder, "not a folder"); }

struct EngineChangeTest : testing::Test {
    test::PrivateBus bus;
    asio::io_context io;
    test::FakeEngine fake{io};
    engine::Client client{io.get_executor(), fake.socket()};
    test::FakeSystemd systemd{io, bus};
    systemd::Systemd units{io.get_executor(), {}};
    test::TemporaryFolder folder;
    fs::path root = folder / "root";
    state::HostRecordStore memory{folder / "host.json"};
    std::string words;  ///< what dockerd logged
    HostAccess host{units, memory};

    EngineChangeTest() {
        host.root = root;
        host.answer_timeout = answer_timeout;
        host.search_path = (folder / "bin").string();
        host.recent_failure_lines = [this](auto, const auto&) {
            host.answer_timeout = answer_timeout;
            return systemd::FailureLines{words, !words.empty()};
        };
        systemd.jobs["docker.service"] = "done";
        systemd.units["docker.service"].active = "active";
        fs::create_directories(root / "etc/docker");
        write(json, old_json, 0640);
        write(key, old_key, 0400);
        state::HostRecord before;
        before.owned.logins = {"old.example.com"};
        EXPECT_TRUE(memory.save(before));
        make_engine_answer();
        test::start(io, units.run());
    }

    fs::path at(const std::string& path) const { return root / path.substr(1); }
    void write(const std::string& path, std::string_view text, mode_t mode) {
        test::write_file(at(path), text);
        (void)::chmod(at(path).c_str(), mode);
    }
    void make_engine_answer() {
        fake.answer("GET /version", test::http_answer(200, R"({"Version":"20.10.24","ApiVersion":"1.41"})"));
    }
    /// Makes the engine unavailable. Only the wait for the engine is short; the waits for systemd and for
    /// restored files keep the full deadline.
    void make_engine_silent() {
        fake.answer("GET /version", test::http_answer(503, R"({"message":"starting"})"));
        systemd.on_call = [this](const std::string& systemd_call) {
            if (systemd_call == restart) host.answer_timeout = short_answer_timeout;
        };
    }
    /// Makes the engine answer only after a restart with the old files; the first restart uses the new ones.
    void answer_only_with_old_files() {
        make_engine_silent();
        systemd.on_call = [this](const std::string& systemd_call) {
            if (systemd_call != restart) return;
            if (test::read_file(at(json)) == old_json) make_engine_answer();
            else host.answer_timeout = short_answer_timeout;
        };
    }

    ChangeEngine change(Effect effect) {
        ChangeEngine change;
        change.files = {{json, Secret(new_json), 0644},
                        {drop_in, Secret("[Service]\n"), 0644},
                        {key, Secret("the new key"), 0600}};
        change.effect = effect;
        change.units_changed = true;
        change.owned.drop_in = true;
        change.owned.logins = {"new.example.com"};
        change.fingerprint = "f1";
        return change;
    }
    Result<> make(ChangeEngine change) {
        return test::run(io, change_engine(client, host, std::move(change)));
    }
    Result<> recover() { return test::run(io, recover_engine(client, host)); }
    state::HostRecord load_record() { return memory.load().value(); }

    /// The calls that systemd got.
    std::vector<std::string> orders() {
        std::vector<std::string> orders;
        for (const std::string& call : systemd.calls) {
            if (call != "Subscribe" && !call.starts_with("LoadUnit")) orders.push_back(call);
        }
        return orders;
    }
    mode_t mode_of(const std::string& path) {
        struct stat facts {};
        return ::stat(at(path).c_str(), &facts) == 0 ? facts.st_mode & 07777 : 0;
    }
    void expect_old_files() {
        EXPECT_EQ(test::read_file(at(json)), old_json);
        EXPECT_EQ(mode_of(json), mode_t{0640});
        EXPECT_EQ(test::read_file(at(key)), old_key);
        EXPECT_EQ(mode_of(key), mode_t{0400});
        EXPECT_FALSE(fs::exists(at(drop_in)));
        expect_no_leftovers();
    }
    void expect_no_leftovers() {
        for (const auto& entry : fs::recursive_directory_iterator(root))
            EXPECT_NE(entry.path().extension(), ".tmp");
    }
    void expect_no_undo_record() {
        EXPECT_EQ(load_record().undo, std::nullopt);
        EXPECT_EQ(load_record().owned.logins, (std::set<std::string>{"old.example.com"}));
        EXPECT_FALSE(load_record().owned.drop_in);
    }
    void install_dockerd(const std::string& script) {
        fs::create_directories(folder / "bin");
        test::write_file(folder / "bin/dockerd", "#!/bin/sh\n" + script);
        fs::permissions(folder / "bin/dockerd", fs::perms::owner_all);
    }
};

TEST_F(EngineChangeTest, RestartsWithTheNewFiles) {
    std::optional<state::HostRecord> under_way;
    systemd.on_call = [&](const std::string& systemd_call) {
        if (systemd_call == restart) under_way = load_record();
    };
    const auto made = make(change(Effect::restart));
    ASSERT_TRUE(made) << made.error().message();
    EXPECT_THAT(orders(), ElementsAre(daemon_reload, reset, restart));
    EXPECT_EQ(test::read_file(at(json)), new_json);
    EXPECT_EQ(mode_of(json), mode_t{0644});
    EXPECT_EQ(mode_of(key), mode_t{0600});
    EXPECT_EQ(mode_of("/etc/systemd/system/docker.service.d"), mode_t{0755});
    expect_no_leftovers();
    ASSERT_TRUE(under_way && under_way->undo);
    EXPECT_EQ(under_way->owned.logins, (std::set<std::string>{"new.example.com", "old.example.com"}));
    EXPECT_EQ(load_record().undo, std::nullopt);
    EXPECT_EQ(load_record().owned, change(Effect::restart).owned);
}

TEST_F(EngineChangeTest, ForgetsAnEarlierRefusal) {
    state::HostRecord before;
    before.refused = "f0";
    before.refusal = "words";
    ASSERT_TRUE(memory.save(before));
    // dockerd's messages about the reload are awaited for a tenth of it; there are none.
    host.answer_timeout = 10s;
    EXPECT_TRUE(make(change(Effect::reload)));
    EXPECT_EQ(load_record().refused, "");
    EXPECT_EQ(load_record().refusal, "");
}

TEST_F(EngineChangeTest, KeepsARefusalWhenDockerdWasNotAsked) {
    auto before = load_record();
    before.refused = "f0";
    before.refusal = "unknown flag";
    ASSERT_TRUE(memory.save(before));
    auto logins = change(Effect::none);
    logins.files = {{credentials, Secret("{}"), 0600}};
    logins.units_changed = false;
    EXPECT_TRUE(make(logins));
    EXPECT_EQ(load_record().refused, "f0");
    EXPECT_EQ(load_record().refusal, "unknown flag");
    EXPECT_EQ(load_record().owned, logins.owned);
    EXPECT_EQ(load_record().undo, std::nullopt);
}

TEST_F(EngineChangeTest, ReloadsWithoutARestart) {
    words = R"(level=info msg="Reloaded configuration: {}")";
    ChangeEngine desired_change = change(Effect::reload);
    desired_change.units_changed = false;
    const auto made = make(desired_change);
    ASSERT_TRUE(made) << made.error().message();
    EXPECT_THAT(orders(), ElementsAre(reload));
}

TEST_F(EngineChangeTest, RestartsInsteadOfReloadingWhenDockerdDoesNotRun) {
    systemd.units["docker.service"].active = "inactive";
    EXPECT_TRUE(make(change(Effect::reload)));
    EXPECT_THAT(orders(), ElementsAre(daemon_reload, reset, restart));
}

TEST_F(EngineChangeTest, DoesNotTouchTheEngineWhenOnlyFilesChange) {
    ChangeEngine desired_change;
    desired_change.files = {{credentials, Secret("{}"), 0600}};
    ASSERT_TRUE(make(desired_change));
    EXPECT_THAT(orders(), IsEmpty());
    EXPECT_EQ(fake.requests().size(), 0U);
    EXPECT_EQ(mode_of("/root/.docker"), mode_t{0700});
    EXPECT_EQ(mode_of(credentials), mode_t{0600});
}

TEST_F(EngineChangeTest, RollsBackWhenDockerdDoesNotAnswer) {
    answer_only_with_old_files();
    words = "failed to start daemon: no such level";
    const auto made = make(change(Effect::restart));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind(), ErrorKind::conflict);
    EXPECT_EQ(made.error().message(),
              "dockerd failed to start with these settings; reverted: failed to start daemon: no such level");
    EXPECT_THAT(orders(), ElementsAre(daemon_reload, reset, restart, daemon_reload, reset, restart));
    expect_old_files();
    expect_no_undo_record();
    EXPECT_EQ(load_record().refused, "f1");
    EXPECT_EQ(load_record().refusal, words);
}

TEST_F(EngineChangeTest, WaitsForDockerdMessagesThatReachTheJournalLate) {
    answer_only_with_old_files();
    host.recent_failure_lines = [asked = 0](auto, const auto&) mutable {
        return asked++ == 0 ? systemd::FailureLines{"Starting up"}
                            : systemd::FailureLines{"no such level", true};
    };
    ASSERT_FALSE(make(change(Effect::restart)));
    EXPECT_EQ(load_record().refusal, "no such level");
}

TEST_F(EngineChangeTest, DoesNotBlameTheNewFilesForMessagesOfThePreviousRun) {
    answer_only_with_old_files();
    std::string left_out;
    host.recent_failure_lines = [&](const systemd::LogSpan& span, const auto&) {
        left_out = span.excluded_invocation;
        return systemd::FailureLines{"no such level", true};
    };
    ASSERT_FALSE(make(change(Effect::restart)));
    EXPECT_EQ(left_out, "01ab666f75727465656e206279746573") << "the stand-in's run";
}

TEST_F(EngineChangeTest, RollsBackWhenTheRestartFails) {
    systemd.jobs["docker.service"] = "failed";
    systemd.on_call = [this](const std::string& systemd_call) {
        const bool old = test::read_file(at(json)) == old_json;
        if (systemd_call == restart && old) systemd.jobs["docker.service"] = "done";
    };
    const auto made = make(change(Effect::restart));
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().message(), AllOf(HasSubstr("; reverted: "), HasSubstr("'exit-code'")));
    expect_old_files();
    EXPECT_EQ(load_record().refused, "f1");
    EXPECT_EQ(std::count(systemd.calls.begin(), systemd.calls.end(), restart), 2);
}

TEST_F(EngineChangeTest, ReportsBothErrorsWhenTheRollbackFailsToo) {
    make_engine_silent();
    words = "failed to start daemon: no space";
    const auto made = make(change(Effect::restart));
    ASSERT_FALSE(made);
    EXPECT_THAT(
        made.error().message(),
        AllOf(HasSubstr("failed to start with these settings: failed to start daemon: no space; nor with the "
                        "previous ones: the engine does not respond"),
              HasSubstr("starting")));
    expect_old_files();
    expect_no_undo_record();
    EXPECT_EQ(std::count(systemd.calls.begin(), systemd.calls.end(), restart), 2);
}

TEST_F(EngineChangeTest, ASystemdErrorIsNoRefusal) {
    systemd.jobs["docker.service"] = "UnitMasked";
    ASSERT_FALSE(make(change(Effect::restart)));
    expect_old_files();
    EXPECT_EQ(load_record().refused, "");
}

TEST_F(EngineChangeTest, AReloadThatDockerdOnlyLogsAsFailedIsAFailure) {
    words =
        R"(level=error msg="unable to configure the Docker daemon with file /etc/docker/daemon.json: no")";
    systemd.on_call = [this](const std::string& systemd_call) {
        if (systemd_call == reload && test::read_file(at(json)) == old_json) words = "Reloaded configuration";
    };
    const auto made = make(change(Effect::reload));
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().message(), HasSubstr("; reverted: level=error"));
    EXPECT_THAT(orders(), ElementsAre(daemon_reload, reload, daemon_reload, reload));
    expect_old_files();
    EXPECT_EQ(load_record().refused, "f1");
}

TEST_F(EngineChangeTest, RollsBackWhenDockerdCannotReload) {
    // The cause is a file that the daemon did not write.
    words = R"(level=error msg="Error reconfiguring the daemon: no")";
    const auto made = make(change(Effect::reload));
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().message(), HasSubstr("; reverted: "));
    EXPECT_THAT(orders(), ElementsAre(daemon_reload, reload, daemon_reload, reload));
}

TEST_F(EngineChangeTest, RestartsADockerdThatExitedDuringAReload) {
    words = R"(level=error msg="Error reconfiguring the daemon: no")";
    systemd.on_call = [this](const std::string& systemd_call) {
        if (systemd_call == reload) systemd.units["docker.service"].active = "failed";
    };
    ASSERT_FALSE(make(change(Effect::reload)));
    EXPECT_THAT(orders(), ElementsAre(daemon_reload, reload, daemon_reload, reset, restart));
}

TEST_F(EngineChangeTest, AFailedWriteChangesNothing) {
    fs::create_directories(at("/etc/systemd/system"));
    block_folder(at("/etc/systemd/system/docker.service.d"));
    const auto made = make(change(Effect::restart));
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().message(), HasSubstr("docker.service.d"));
    EXPECT_THAT(orders(), IsEmpty());
    expect_old_files();
    expect_no_undo_record();
    EXPECT_EQ(load_record().refused, "");
}

TEST_F(EngineChangeTest, AFullDiskChangesNothing) {
    ChangeEngine large = change(Effect::restart);
    large.files.back().content = Secret(std::string(200'000, 'x'));
    std::optional<Result<>> made;
    {
        const test::FullDisk full(100'000);
        made = make(large);
    }
    ASSERT_FALSE(*made);
    EXPECT_THAT(orders(), IsEmpty());
    expect_old_files();
    expect_no_undo_record();
}

TEST_F(EngineChangeTest, IsRolledBackOnceEvenIfTheRecordCannotBeRemoved) {
    std::optional<test::FullDisk> full;
    make_engine_silent();
    systemd.on_call = [&](const std::string& systemd_call) {
        if (systemd_call != restart) return;
        if (test::read_file(at(json)) != old_json) {
            host.answer_timeout = short_answer_timeout;
            return;
        }
        make_engine_answer();
        full.emplace(0);
    };
    ASSERT_FALSE(make(change(Effect::restart)));
    full.reset();
    systemd.calls.clear();
    EXPECT_TRUE(recover());
    EXPECT_THAT(orders(), IsEmpty());
    expect_no_undo_record();
}

TEST_F(EngineChangeTest, NothingIsTouchedWithoutAHostRecord) {
    test::write_file(folder / "host.json", "broken");
    ASSERT_FALSE(make(change(Effect::restart)));
    EXPECT_THAT(orders(), IsEmpty());
    expect_old_files();
}

TEST_F(EngineChangeTest, WhatIsNotARegularFileIsNotTouched) {
    fs::remove(at(json));
    fs::create_symlink("/dev/null", at(json));
    ASSERT_FALSE(make(change(Effect::restart)));
    EXPECT_TRUE(fs::is_symlink(at(json)));
    EXPECT_THAT(orders(), IsEmpty());
}

TEST_F(EngineChangeTest, DockerdChecksItsConfigBeforeAnythingIsWritten) {
    install_dockerd(
        "for last; do :; done; file=${last#--config-file=}; read -r text <$file\n"
        "case $text in *sesame-open*) echo \"unable to configure with file $file: secret\" >&2;; esac; exit "
        "1");
    ChangeEngine desired_change = change(Effect::restart);
    desired_change.files.pop_back();  // the key
    const auto made = make(desired_change);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind(), ErrorKind::invalid_input);
    EXPECT_THAT(made.error().message(), HasSubstr("with file /etc/docker/daemon.json: secret"));
    EXPECT_THAT(made.error().message(), Not(HasSubstr("sesame")));
    EXPECT_THAT(orders(), IsEmpty());
    expect_old_files();
    expect_no_undo_record();
}

TEST_F(EngineChangeTest, DockerdIsNotCheckedForCertificatesNotWrittenYet) {
    install_dockerd("echo no such certificate >&2; exit 1");
    EXPECT_TRUE(make(change(Effect::restart)));
}

TEST_F(EngineChangeTest, AnOldDockerdIsNotAskedToCheck) {
    install_dockerd("echo \"Status: unknown flag: --validate\" >&2; exit 125");
    ChangeEngine desired_change = change(Effect::restart);
    desired_change.files.pop_back();
    EXPECT_TRUE(make(desired_change));
}

TEST_F(EngineChangeTest, NoErrorHoldsASecret) {
    make_engine_silent();
    const auto made = make(change(Effect::restart));
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().message(), Not(HasSubstr("sesame")));
    EXPECT_THAT(load_record().refusal, Not(HasSubstr("sesame")));
}

/// Runs with the files and the host record that a crash at a given moment would have left.
struct InterruptedChange : EngineChangeTest {
    void crash_at(const std::string& order, Effect effect) {
        const fs::path left = folder / "left";
        systemd.on_call = [=, this](const std::string& systemd_call) {
            if (systemd_call != order || fs::exists(left)) return;
            fs::copy(root, left, fs::copy_options::recursive);
            fs::copy(folder / "host.json", folder / "left.json");
        };
        ASSERT_TRUE(make(change(effect)));
        systemd.on_call = {};
        systemd.calls.clear();
        fs::remove_all(root);
        fs::rename(left, root);
        fs::rename(folder / "left.json", folder / "host.json");
        ASSERT_EQ(test::read_file(at(json)), new_json);
    }
};

TEST_F(InterruptedChange, IsRolledBackAtTheNextStart) {
    crash_at(restart, Effect::restart);
    ASSERT_TRUE(recover());
    EXPECT_THAT(orders(), ElementsAre(daemon_reload, reset, restart));
    expect_old_files();
    expect_no_undo_record();
    systemd.calls.clear();
    EXPECT_TRUE(recover());
    EXPECT_THAT(orders(), IsEmpty());
}

TEST_F(InterruptedChange, AReloadIsRolledBackByAReload) {
    words = "Reloaded configuration";
    crash_at(reload, Effect::reload);
    ASSERT_TRUE(recover());
    EXPECT_THAT(orders(), ElementsAre(daemon_reload, reload));
    expect_old_files();
}

TEST_F(InterruptedChange, IsFinishedEvenWhenDockerdDoesNotStart) {
    crash_at(restart, Effect::restart);
    make_engine_silent();
    const auto recovered = recover();
    ASSERT_FALSE(recovered);
    EXPECT_THAT(recovered.error().message(), HasSubstr("undo an interrupted engine change: "));
    expect_old_files();
    expect_no_undo_record();
}

TEST_F(InterruptedChange, IsRolledBackBeforeTheNextChange) {
    crash_at(restart, Effect::restart);
    ChangeEngine desired_change = change(Effect::none);
    desired_change.units_changed = false;
    ASSERT_TRUE(make(desired_change));
    EXPECT_THAT(orders(), ElementsAre(daemon_reload, reset, restart));
    EXPECT_EQ(test::read_file(at(json)), new_json);
}

TEST_F(InterruptedChange, IsRolledBackBeforeDockerdIsStarted) {
    crash_at(restart, Effect::restart);
    ASSERT_TRUE(test::run(io, start_engine(client, host, {})));
    EXPECT_EQ(orders()[2], restart);
    expect_old_files();
    expect_no_undo_record();
}

TEST_F(InterruptedChange, RestoresTheOldFilesWhenCancelled) {
    systemd.jobs["docker.service"] = "";  // never ends
    asio::cancellation_signal end;
    systemd.on_call = [&](const std::string& systemd_call) {
        if (systemd_call == restart) asio::post(io, [&] { end.emit(asio::cancellation_type::terminal); });
    };
    std::optional<Result<>> made;
    bool ended = false;
    spawn(
        io.get_executor(), store_result(change_engine(client, host, change(Effect::restart)), made),
        [&](const std::exception_ptr&) { ended = true; }, end.slot());
    ASSERT_TRUE(test::run_until(io, [&] { return ended; }));
    ASSERT_TRUE(made && !*made);
    EXPECT_EQ(made->error().kind(), ErrorKind::cancelled);
    expect_old_files();
    EXPECT_NE(load_record().undo, std::nullopt);
    systemd.jobs["docker.service"] = "done";
    EXPECT_TRUE(recover());
    expect_no_undo_record();
}

TEST_F(EngineChangeTest, FinishesWhenItsPlanIsCancelled) {
    auto journal = state::Journal::open(folder.path()).value();
    Executor executor(client, journal, io.get_executor(), {}, &host);
    systemd.on_call = [&](const std::string& systemd_call) {
        if (systemd_call == restart) executor.cancel_steps();
    };
    model::Plan plan;
    plan.steps = {
        {.operation = change(Effect::restart), .subject = {model::Subject::Kind::part, "engine.config"}},
        {.operation = model::StartEngine{}, .subject = {model::Subject::Kind::part, "engine"}}};
    plan.steps[1].after = {0};
    std::vector<Outcome> outcomes;
    Executor::Callbacks callbacks;
    callbacks.ended = [&](const Outcome& outcome) { outcomes.push_back(outcome); };
    test::run_to_end(io, executor.run(std::move(plan), 1, {}, std::move(callbacks)));
    ASSERT_EQ(outcomes.size(), 2U);
    EXPECT_FALSE(outcomes[0].error);
    EXPECT_TRUE(outcomes[1].skipped);
    EXPECT_EQ(test::read_file(at(json)), new_json);
    EXPECT_EQ(load_record().undo, std::nullopt);
}

TEST_F(EngineChangeTest, StartsAndEnables) {
    const model::StartEngine both{.start = true, .enable = true};
    const auto started = test::run(io, start_engine(client, host, both));
    ASSERT_TRUE(started) << started.error().message();
    // The stand-in reports files of the unit that are newer than those that systemd loaded.
    EXPECT_THAT(orders(), ElementsAre(daemon_reload, reset, "StartUnit docker.service replace",
                                      HasSubstr("EnableUnitFiles docker.service"), daemon_reload));
}

TEST_F(EngineChangeTest, ReportsWhyTheEngineDoesNotStart) {
    systemd.jobs["docker.service"] = "failed";
    words = "failed to start daemon";
    const auto started = test::run(io, start_engine(client, host, {}));
    ASSERT_FALSE(started);
    EXPECT_THAT(started.error().message(),
                AllOf(HasSubstr("start docker.service"), HasSubstr("dockerd said: failed to start daemon")));
}

TEST_F(EngineChangeTest, InstallsNoEngineWhenTheSettingsSayNone) {
    const auto installed = test::run(
        io, install_engine(
                host,
                {.source = model::EngineSource::none, .version = {}, .mirror = {}, .azure_environment = {}}));
    EXPECT_EQ(installed.error().kind(), ErrorKind::invalid_input);
}

}  // namespace
}  // namespace dockerext::apply
