#include "report/azure_status.hpp"

#include "base/json_document.hpp"
#include "report/azure_status_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace dockerext::report {
namespace {

using namespace model;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

Status converged() {
    Status status;
    status.state = OverallState::converged;
    status.settings = {3, SettingsSource::azure, SettingsState::accepted, {}};
    status.engine.state = EngineState::running;
    status.engine.version = "26.1.5";
    status.parts = {{"engine.options", PartState::ok, ""}};
    ServiceStatus web;
    web.name = {"web"};
    web.state = ServiceState::running;
    web.running = 1;
    status.services = {web};
    return status;
}

std::string_view word(AzureState state) {
    return state == AzureState::error ? "error" : state == AzureState::success ? "success" : "transitioning";
}

/// The status as "STATE MESSAGE", then "  NAME STATE MESSAGE" for each substatus.
std::string text_of(const AzureStatus& told) {
    std::string text = std::string(word(told.state)) + " " + told.message + "\n";
    for (const AzureSubstatus& each : told.substatus)
        text += "  " + each.name + " " + std::string(word(each.state)) + " " + each.message + "\n";
    return text;
}

TEST(AzureStatus, SummarizesTheState) {
    struct Case {
        std::string name;
        std::function<void(Status&)> change;
        std::chrono::seconds age;
        std::string told;
        bool is_new_failure = false;  ///< the failure starts only with this period
    };
    const std::string ok = "  engine.options success ok\n";
    const std::string help = ". On the machine, run `dockerextd status` or `dockerextd explain SERVICE`.\n";
    const auto crashing = [](Status& status) {
        status.state = OverallState::degraded;
        status.services[0].state = ServiceState::failed;
        status.services[0].reason = "exited with 1";
        status.services[0].next_attempt = WallTime{} + 1h;
    };
    const auto silent = [](Status& status) {
        status.state = OverallState::degraded;
        make_unknown(status.services[0], "state unknown", {});
    };
    const std::vector<Case> cases{
        {"all well", [](Status&) {}, 0s,
         "success 1 of 1 service is in the desired state; engine 26.1.5\n" + ok +
             "  service.web success running\n"},
        {"a rollout, without the seconds that have passed",
         [](Status& status) {
             status.state = OverallState::converging;
             status.services[0].state = ServiceState::waiting;
             status.services[0].reason = "1 of 2 replaced, watching";
             status.services[0].watching = Watching{WallTime{}, 10s};
         },
         0s,
         "transitioning 0 of 1 service is in the desired state; service.web: waiting: 1 of 2 replaced, "
         "watching "
         "for 10 s\n" +
             ok + "  service.web transitioning waiting: 1 of 2 replaced, watching for 10 s\n"},
        {"a pull",
         [](Status& status) {
             status.state = OverallState::converging;
             status.services[0].state = ServiceState::pending;
             status.services[0].reason = "pulling the image: 210 of 640 MB";
         },
         0s,
         "transitioning 0 of 1 service is in the desired state; service.web: pending: pulling the image: 210 "
         "of 640 MB\n" +
             ok + "  service.web transitioning pending: pulling the image: 210 of 640 MB\n"},
        {"a pull that takes too long",
         [](Status& status) {
             status.state = OverallState::converging;
             status.services[0].state = ServiceState::pending;
             status.services[0].reason = "pulling the image";
         },
         76min,
         "error timed out after 75 minutes: 0 of 1 service is in the desired state; service.web: pending: "
         "pulling the image\n" +
             ok + "  service.web transitioning pending: pulling the image\n"},
        {"an engine that tells nothing of a service, just now", silent, 10s,
         "transitioning 0 of 1 service is in the desired state; service.web: unknown: state unknown\n" + ok +
             "  service.web transitioning unknown: state unknown\n"},
        {"an engine that tells nothing of a service for minutes", silent, 2min,
         "error service.web: unknown: state unknown" + help + ok +
             "  service.web error unknown: state unknown\n"},
        {"a crash, just now", crashing, 10s,
         "transitioning 0 of 1 service is in the desired state; service.web: failed: exited with 1\n" + ok +
             "  service.web transitioning failed: exited with 1\n"},
        {"crashes for minutes", crashing, 2min,
         "error service.web: failed: exited with 1" + help + ok +
             "  service.web error failed: exited with 1\n"},
        {"failed for good",
         [&](Status& status) {
             crashing(status);
             status.services[0].next_attempt.reset();
         },
         0s,
         "error service.web: failed: exited with 1" + help + ok +
             "  service.web error failed: exited with 1\n"},
        {"settings that are not valid",
         [](Status& status) {
             status.state = OverallState::degraded;
             status.settings.state = SettingsState::rejected;
             status.settings.errors = {{"/nope", "unknown key"}, {"", "line 1"}};
         },
         0s,
         "error settings: invalid; the previous settings remain in effect: /nope: unknown key; line 1" +
             help +
             "  settings error invalid; the previous settings remain in effect: /nope: unknown key; line "
             "1\n" +
             ok + "  service.web success running\n"},
        {"settings that were rolled back, though all runs",
         [](Status& status) {
             status.state = OverallState::degraded;
             status.settings.state = SettingsState::rolled_back;
             status.settings.errors = {{"", "running the settings of noon again (number 41): web failed"}};
         },
         0s,
         "error settings: rolled back; running the settings of noon again (number 41): web failed" + help +
             "  settings error rolled back; running the settings of noon again (number 41): web failed\n" +
             ok + "  service.web success running\n"},
        {"a key that is missing",
         [](Status& status) {
             status.settings.state = SettingsState::pending;
             status.settings.errors = {{"", "no key"}};
         },
         2min,
         "error settings: no key" + help + "  settings error no key\n" + ok +
             "  service.web success running\n"},
        {"a key that is missing, on a machine that never had settings",
         [](Status& status) {
             status = {};
             status.state = OverallState::idle;
             status.settings = {0, SettingsSource::azure, SettingsState::pending, {{"", "no key"}}};
             status.engine.state = EngineState::running;
         },
         0s, "transitioning settings: no key\n  settings transitioning no key\n"},
        {"an engine that is away",
         [](Status& status) {
             status.state = OverallState::degraded;
             status.engine.state = EngineState::unreachable;
         },
         1min,
         "transitioning 1 of 1 service is in the desired state; engine: unreachable\n  engine transitioning "
         "unreachable\n" +
             ok + "  service.web success running\n"},
        {"a part that failed",
         [](Status& status) {
             status.state = OverallState::degraded;
             status.parts[0] = {"engine.options", PartState::failed, "dockerd said: unknown flag"};
         },
         2min,
         "error engine.options: dockerd said: unknown flag" + help +
             "  engine.options error dockerd said: unknown flag\n  service.web success running\n"},
        {"a part that failed for good",
         [](Status& status) {
             status.state = OverallState::degraded;
             status.parts[0] = {"engine.options", PartState::failed, "did you mean 'debug'?", true};
         },
         0s,
         "error engine.options: did you mean 'debug'? On the machine, run `dockerextd status` or `dockerextd "
         "explain SERVICE`.\n  engine.options error did you mean 'debug'?\n  service.web success running\n"},
        {"an engine that is away since before the first look",
         [](Status& status) {
             status.state = OverallState::degraded;
             status.engine.state = EngineState::unreachable;
             status.not_observed_yet = true;
             status.services[0].state = ServiceState::pending;
             status.services[0].in_progress = true;
         },
         0s,
         "transitioning the services have not been checked yet; engine: unreachable; service.web: pending\n"
         "  engine transitioning unreachable\n" +
             ok + "  service.web transitioning pending\n"},
        {"a network that resists",
         [](Status& status) {
             status.state = OverallState::degraded;
             status.held = {{{Subject::Kind::network, "web"}, {}, Held::Why::conflict, "in use", {}}};
         },
         0s,
         "transitioning 1 of 1 service is in the desired state; network web: in use\n" + ok +
             "  service.web success running\n  network web transitioning in use\n"},
        {"a failed service that is being put right",
         [&](Status& status) {
             crashing(status);
             status.services[0].next_attempt.reset();
             status.services[0].in_progress = true;
         },
         10min,
         "transitioning 0 of 1 service is in the desired state; service.web: failed: exited with 1\n" + ok +
             "  service.web transitioning failed: exited with 1\n"},
        {"an engine that takes long to install",
         [](Status& status) {
             status.state = OverallState::degraded;
             status.engine.state = EngineState::unreachable;
             status.parts = {
                 {"engine.install", PartState::pending, "waiting for the package manager's lock"}};
             status.services.clear();
         },
         10min,
         "transitioning engine: unreachable; engine.install: waiting for the package manager's lock\n"
         "  engine transitioning unreachable\n"
         "  engine.install transitioning waiting for the package manager's lock\n"},
        {"paused with something left to do",
         [](Status& status) {
             status.state = OverallState::paused;
             status.services[0].state = ServiceState::pending;
         },
         10min,
         "success 0 of 1 service is in the desired state; paused by an operator (continue with `dockerextd "
         "resume`)\n" +
             ok + "  service.web transitioning pending\n"},
        {"paused before it was done",
         [](Status& status) {
             status.state = OverallState::paused;
             status.services[0].state = ServiceState::pending;
         },
         10min,
         "transitioning 0 of 1 service is in the desired state; service.web: pending; paused by an operator "
         "(continue with `dockerextd resume`)\n" +
             ok + "  service.web transitioning pending\n",
         true},
        {"paused before it was done, and forgotten",
         [](Status& status) { status.state = OverallState::paused; }, 75min,
         "error timed out after 75 minutes: 1 of 1 service is in the desired state; paused by an operator "
         "(continue with `dockerextd resume`)\n" +
             ok + "  service.web success running\n",
         true},
        {"paused", [](Status& status) { status.state = OverallState::paused; }, 0s,
         "success 1 of 1 service is in the desired state; paused by an operator (continue with `dockerextd "
         "resume`)\n" +
             ok + "  service.web success running\n"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        Status status = converged();
        c.change(status);
        const SteadyTime begin{};
        const SteadyTime now = begin + c.age;
        const Issues before = c.is_new_failure ? unfinished_since(begin) : Issues{};
        const Issues issues = issues_of(status, issues_of(status, before, begin), now);
        EXPECT_EQ(text_of(azure_status(status, issues, now)), c.told);
    }
}

TEST(AzureStatus, IsNotReportedBeforeTheFirstSnapshot) {
    Status status = converged();
    EXPECT_FALSE(is_about_to_look(status));
    status.not_observed_yet = true;
    EXPECT_FALSE(is_about_to_look(status)) << "nothing will be looked at while all is well";
    status.state = OverallState::converging;
    EXPECT_TRUE(is_about_to_look(status));
    status.engine.state = EngineState::unknown;
    EXPECT_TRUE(is_about_to_look(status));
    // Anything that may delay the next snapshot for long must be reported.
    for (const auto& block : std::vector<std::function<void(Status&)>>{
             [](Status& s) { s.engine.state = EngineState::unreachable; },
             [](Status& s) { s.parts[0].state = PartState::pending; },
             [](Status& s) { s.state = OverallState::paused; },
             [](Status& s) { s.settings.state = SettingsState::rejected; }}) {
        Status hindered = status;
        block(hindered);
        EXPECT_FALSE(is_about_to_look(hindered));
    }
}

TEST(AzureStatus, ForgetsResolvedComplaints) {
    Status status = converged();
    status.parts[0].state = PartState::failed;
    const Issues ill = issues_of(status, {}, SteadyTime{});
    EXPECT_EQ(ill.size(), 1U);
    EXPECT_TRUE(issues_of(converged(), ill, SteadyTime{} + 1s).empty());
}

TEST(AzureStatus, DetectsAServiceThatKeepsExiting) {
    Status crashed = converged();
    crashed.state = OverallState::degraded;
    crashed.services[0].state = ServiceState::restarting;
    crashed.services[0].reason = "exited with 1";
    Issues issues;
    SteadyTime now{};
    for (; now < SteadyTime{} + 2min; now += 20s) {
        issues = issues_of(crashed, issues, now);
        issues = issues_of(converged(), issues, now + 10s);
        EXPECT_EQ(text_of(azure_status(converged(), issues, now + 10s)),
                  "transitioning 1 of 1 service is in the desired state; service.web: running, after it was "
                  "restarting: exited with 1\n  engine.options success ok\n  service.web transitioning "
                  "running, after it was restarting: exited with 1\n");
    }
    EXPECT_THAT(text_of(azure_status(converged(), issues, now)),
                StartsWith("error service.web: running, after it was restarting: exited with 1"));
    issues = issues_of(converged(), issues, now + 30s);
    EXPECT_THAT(text_of(azure_status(converged(), issues, now + 30s)), StartsWith("success"));
}

TEST(AzureStatusJson, HasTheAgentFormat) {
    const AzureStatus told{AzureState::error, "a \"b\"", {{"service.web", AzureState::success, "running"}}};
    EXPECT_EQ(
        to_json(told, WallTime{}, WallTime{} + 1s),
        R"([{"version":"1.0","timestampUTC":"1970-01-01T00:00:01.000Z","status":{"name":"dockerextd",)"
        R"("operation":"Enable","configurationAppliedTime":"1970-01-01T00:00:00.000Z","status":"error","code":1,)"
        R"("formattedMessage":{"lang":"en-US","message":"a \"b\""},"substatus":[{"name":"service.web",)"
        R"("status":"success","code":0,"formattedMessage":{"lang":"en-US","message":"running"}}]}}])");
}

TEST(AzureStatusJson, StaysSmallAndValidForAnyText) {
    for (const std::string& piece :
         std::vector<std::string>{"\"", "\\", "\x1b[31m", "\xff", "\xe2\x82\xac", std::string(1, '\0')}) {
        std::string hostile;
        while (hostile.size() < 100'000) hostile += piece;
        AzureStatus told{AzureState::error, hostile, {}};
        for (int i = 0; i < 1000; ++i) told.substatus.push_back({hostile, AzureState::success, hostile});
        told.substatus.push_back({"last", AzureState::error, "the reason"});
        const std::string json = to_json(told, WallTime{}, WallTime{});
        EXPECT_LT(json.size(), 64U << 10);
        EXPECT_TRUE(JsonDocument::parse(json));
        EXPECT_THAT(json, HasSubstr("the reason"));
        EXPECT_EQ(json.find('\x1b'), std::string::npos);
        EXPECT_EQ(json.find("\\u00"), std::string::npos);
    }
}

TEST(AzureStatusJson, CutsBetweenCharacters) {
    std::string euros;
    while (euros.size() < 9000) euros += "\xe2\x82\xac";
    const std::string json = to_json({AzureState::success, "x" + euros, {}}, WallTime{}, WallTime{});
    EXPECT_THAT(json, HasSubstr("\xe2\x82\xac...\""));
    EXPECT_EQ(json.find("\xef\xbf\xbd"), std::string::npos);
}

}  // namespace
}  // namespace dockerext::report
