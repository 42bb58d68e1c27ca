// The engine itself: the observed state of the machine, and the plan for it as people read it.
#include "plan/host_planner.hpp"

#include "plan/engine_interruption.hpp"
#include "plan/plan_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* unit_text =
    "[Service]\nExecStart=/usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock\n";

/// A machine whose engine runs, and on which the daemon owns nothing.
struct Machine {
    EngineDesired desired;
    ObservedHost observed{.systemd = true,
                          .installed = true,
                          .unit = {.load = UnitLoad::loaded, .active = UnitActive::active, .enabled = true},
                          .unit_texts = {unit_text}};
    HostHistory history{.engine_version = "20.10.24"};

    Machine() { desired.docker.install = EngineSource::distro; }

    HostPlan plan() const { return plan_host(desired, observed, history, SteadyTime{}); }

    /// Applies what the steps of a plan write, and records the daemon's ownership.
    void apply(const HostPlan& made) {
        for (const Step& step : made.plan.steps) {
            const auto* change = std::get_if<ChangeEngine>(&step.operation);
            if (change == nullptr) continue;
            history.owned = change->owned;
            for (const FileChange& file : change->files) {
                observed.files.erase(file.path);
                if (!file.content) continue;
                observed.files.emplace(file.path, *file.content);
                observed.modes[file.path] = file.mode;
            }
        }
    }
    std::string file(std::string_view path) const {
        const auto found = observed.files.find(std::string(path));
        return found == observed.files.end() ? "(none)" : std::string(found->second.reveal());
    }
};

std::string parts_text(const HostPlan& made) {
    std::string text;
    for (const PartStatus& part : made.parts)
        text += part.name + " " + std::string(to_string(part.state)) + (part.is_final ? " for good" : "") +
                (part.message.empty() ? "" : ": " + part.message) + "\n";
    return text;
}

std::string effect_of(const HostPlan& made) {
    for (const Step& step : made.plan.steps) {
        if (const auto* change = std::get_if<ChangeEngine>(&step.operation)) {
            switch (change->effect) {
            case ChangeEngine::Effect::none: return "none";
            case ChangeEngine::Effect::reload: return "reload";
            case ChangeEngine::Effect::restart: return "restart";
            }
        }
    }
    return "no change";
}

struct HostCase {
    const char* what;
    void (*arrange)(Machine&);
    const char* plan;
    const char* parts;
};

const HostCase host_cases[] = {
    {"an engine that runs, and nothing asked of it", [](Machine&) {}, "",
     "engine.install ok\nengine.service ok\n"},
    {"no engine", [](Machine& machine) { machine.observed.installed = false; },
     "[] -> 0 install Docker Engine: not installed\n", "engine.install pending: installing\n"},
    {"no engine, and none wanted",
     [](Machine& machine) {
         machine.observed.installed = false;
         machine.desired.docker.install = EngineSource::none;
     },
     "held part engine.install: policy: Docker Engine is not installed, and docker.install is \"none\"; "
     "install it, or change docker.install\n",
     "engine.install failed: Docker Engine is not installed, and docker.install is \"none\"\n"},
    {"no systemd",
     [](Machine& machine) {
         machine.observed.systemd = false;
         machine.desired.docker.options = {"--debug"};
     },
     "", "engine.options unmanaged: systemd does not run this machine's services\n"},
    {"somebody stopped it", [](Machine& machine) { machine.observed.unit.active = UnitActive::inactive; },
     "[] -> 0 start docker.service: docker.service is not running (engine.service: stopped → running)\n",
     "engine.install ok\nengine.service pending: docker.service is not running\n"},
    {"somebody disabled it", [](Machine& machine) { machine.observed.unit.enabled = false; },
     "[] -> 0 start docker.service: docker.service is not enabled (engine.service: disabled → enabled)\n",
     "engine.install ok\nengine.service pending: docker.service is not enabled\n"},
    {"somebody masked it", [](Machine& machine) { machine.observed.unit.load = UnitLoad::masked; },
     "held part engine.service: policy: docker.service is masked; to let dockerextd manage it, run "
     "`systemctl unmask docker.service`\n",
     "engine.install ok\nengine.service failed for good: docker.service is masked; to let dockerextd manage "
     "it, run `systemctl unmask docker.service`\n"},
    {"options to be changed while it is masked",
     [](Machine& machine) {
         machine.desired.docker.options = {"--debug"};
         machine.observed.unit_texts = {""};  // /dev/null
         machine.observed.unit.load = UnitLoad::masked;
     },
     "held part engine.configuration: policy: docker.service is masked; to let dockerextd manage it, run "
     "`systemctl unmask docker.service`\n"
     "held part engine.service: policy: docker.service is masked; to let dockerextd manage it, run "
     "`systemctl unmask docker.service`\n",
     "engine.install ok\nengine.options failed for good: docker.service is masked; to let dockerextd manage "
     "it, run `systemctl unmask docker.service`\n"
     "engine.service failed for good: docker.service is masked; to let dockerextd manage it, run `systemctl "
     "unmask docker.service`\n"},
    {"a key that a reload takes",
     [](Machine& machine) { machine.desired.docker.config = R"({"debug": true})"; },
     "[] -> 0 configure Docker Engine: engine.config.debug changed (engine.config.debug: (unset) → true)\n",
     "engine.install ok\nengine.config pending: applying\nengine.service ok\n"},
    {"settings that dockerd refused",
     [](Machine& machine) {
         machine.desired.docker.options = {"--storage-driver=aufs"};
         machine.history.refused = machine.plan().fingerprint;
         machine.history.refusal = "driver not supported: aufs";
     },
     "held part engine.configuration: failed: dockerd failed to start with these settings; reverted. Change "
     "them "
     "to retry. Cause: driver not supported: aufs\n",
     "engine.install ok\nengine.options failed for good: dockerd failed to start with these settings; "
     "reverted. "
     "Change them to retry. Cause: driver not supported: aufs\nengine.service ok\n"},
};

TEST(HostPlanner, DoesTheLeastThatIsNeeded) {
    for (const HostCase& tested : host_cases) {
        SCOPED_TRACE(tested.what);
        Machine machine;
        tested.arrange(machine);
        const HostPlan made = machine.plan();
        EXPECT_EQ(to_text(made.plan), tested.plan);
        EXPECT_EQ(parts_text(made), tested.parts);
    }
}

TEST(HostPlanner, NeverWritesOrActivatesAnInvalidDaemonJson) {
    Machine config, options;
    config.desired.docker.config = R"({"debug": true})";
    options.desired.docker.options = {"--debug"};
    for (Machine* machine : {&config, &options}) {
        machine->observed.files.emplace(host_paths::daemon_json, Secret("{ oops"));
        machine->observed.modes.emplace(host_paths::daemon_json, 0644);
        const HostPlan made = machine->plan();
        EXPECT_TRUE(made.plan.steps.empty());
        ASSERT_EQ(made.plan.held.size(), 1U);
        EXPECT_NE(made.plan.held[0].reason.find("daemon.json"), std::string::npos);
    }
}

TEST(HostPlanner, OptionsComeAndGoWithOneRestartEach) {
    Machine machine;
    machine.desired.docker.options = {"--debug", "--label=a=b"};
    const HostPlan first = machine.plan();
    EXPECT_EQ(effect_of(first), "restart");
    machine.apply(first);
    EXPECT_NE(machine.file(host_paths::drop_in)
                  .find("--containerd=/run/containerd/containerd.sock --debug --label=a=b"),
              std::string::npos);
    EXPECT_EQ(to_text(machine.plan().plan), "");
    machine.desired.docker.options.clear();
    const HostPlan last = machine.plan();
    EXPECT_EQ(effect_of(last), "restart");
    machine.apply(last);
    EXPECT_EQ(machine.file(host_paths::drop_in), "(none)");
    EXPECT_EQ(to_text(machine.plan().plan), "");
    EXPECT_FALSE(machine.history.owned.drop_in);
}

TEST(HostPlanner, ReloadsWhereThatIsEnough) {
    Machine machine;
    machine.desired.docker.config = R"({"debug": true})";
    EXPECT_EQ(effect_of(machine.plan()), "reload");
    machine.desired.docker.config = R"({"debug": true, "log-driver": "local"})";
    EXPECT_EQ(effect_of(machine.plan()), "restart");
    machine.history.engine_version = "";  // no engine runs that could reload
    machine.desired.docker.config = R"({"debug": true})";
    EXPECT_EQ(effect_of(machine.plan()), "restart");
}

/// Files that somebody has changed since dockerd started are written again, and nothing else happens.
TEST(HostPlanner, DoesNotRestartADockerdThatHasNotReadTheChange) {
    Machine machine;
    machine.desired.docker.options = {"--label=a=b"};
    machine.desired.docker.config = R"({"debug": true, "log-driver": "local"})";
    machine.apply(machine.plan());
    machine.observed.unit.run = "run 1";
    machine.observed.unit.active_since = WallTime{} + std::chrono::hours(2);
    const std::string json(host_paths::daemon_json);
    machine.observed.changed_at[json] = WallTime{} + std::chrono::hours(1);
    const auto loaded = loaded_configuration(machine.plan(), machine.observed, {});
    ASSERT_TRUE(loaded);
    machine.history.loaded = loaded;
    const auto edit = [&](const std::string& text) {
        machine.observed.files.insert_or_assign(json, Secret(text));
        machine.observed.changed_at[json] = WallTime{} + std::chrono::hours(3);
    };
    edit(R"({"debug": true, "log-driver": "syslog"})");
    EXPECT_EQ(effect_of(machine.plan()), "none");
    EXPECT_EQ(loaded_configuration(machine.plan(), machine.observed, loaded), loaded);
    edit(R"({"debug": false, "log-driver": "local"})");
    EXPECT_EQ(effect_of(machine.plan()), "reload") << "somebody may have reloaded it";
    machine.observed.files.erase(std::string(host_paths::drop_in));
    edit(R"({"debug": true, "log-driver": "local"})");
    EXPECT_EQ(effect_of(machine.plan()), "none");

    Machine restarted = machine;
    restarted.observed.unit.run = "run 2";
    EXPECT_EQ(effect_of(restarted.plan()), "restart") << "it has read the change";
    EXPECT_FALSE(loaded_configuration(restarted.plan(), restarted.observed, loaded));
    machine.desired.docker.options = {"--label=a=c"};
    EXPECT_EQ(effect_of(machine.plan()), "restart") << "the settings have changed";
}

TEST(HostPlanner, TellsWhatAChangeOfTheEngineInterrupts) {
    struct Case {
        ChangeEngine::Effect effect;
        std::optional<RunningContainers> running;
        std::string expected;
    };
    using Effect = ChangeEngine::Effect;
    const std::vector<Case> cases{
        {Effect::none, std::nullopt, "x changed; nothing is restarted"},
        {Effect::reload, std::nullopt, "x changed; reloads dockerd; no container is interrupted"},
        {Effect::restart, std::nullopt, "x changed; restarts dockerd"},
        {Effect::restart, RunningContainers{3, false},
         "x changed; restarts dockerd; 3 containers are interrupted"},
        {Effect::restart, RunningContainers{1, false},
         "x changed; restarts dockerd; 1 container is interrupted"},
        {Effect::restart, RunningContainers{0, false}, "x changed; restarts dockerd; no container runs"},
        {Effect::restart, RunningContainers{3, true},
         "x changed; restarts dockerd; no container is interrupted (live-restore)"},
    };
    for (const Case& c : cases) {
        Plan plan;
        plan.steps.push_back({.operation = ChangeEngine{.effect = c.effect}, .reason = "x changed"});
        tell_interruptions(plan, c.running);
        EXPECT_EQ(plan.steps[0].reason, c.expected);
    }
}

TEST(HostPlanner, RestoresManualChanges) {
    Machine machine;
    machine.desired.docker.options = {"--debug"};
    machine.desired.certificates = Certificates{Secret("ca"), Secret("cert"), Secret("key")};
    machine.apply(machine.plan());
    ASSERT_EQ(to_text(machine.plan().plan), "");
    machine.observed.modes[std::string(host_paths::key)] = 0644;
    EXPECT_EQ(to_text(machine.plan().plan),
              "[] -> 0 configure Docker Engine: engine.tls.key.pem changed "
              "(engine.tls.key.pem: mode 0644 → mode 0600)\n");
    EXPECT_EQ(effect_of(machine.plan()), "none");
    machine.observed.files.erase(std::string(host_paths::drop_in));
    EXPECT_THAT(
        to_text(machine.plan().plan),
        testing::HasSubstr("engine.options.50-dockerextd.conf: (unset) → /usr/sbin/dockerd -H fd:// "));
    EXPECT_EQ(effect_of(machine.plan()), "restart");
}

/// The mode of daemon.json after `config` was applied; `before` is the mode of a file that already existed.
unsigned mode_with(const std::string& config, std::optional<unsigned> before = {}) {
    Machine machine;
    machine.desired.docker.config = config;
    if (before) {
        machine.observed.files.emplace(host_paths::daemon_json, Secret("{}"));
        machine.observed.modes.emplace(host_paths::daemon_json, *before);
    }
    machine.apply(machine.plan());
    return machine.observed.modes.at(std::string(host_paths::daemon_json));
}

TEST(HostPlanner, ADaemonJsonThatMayContainPasswordsIsReadableByRootOnly) {
    EXPECT_EQ(mode_with(R"({"debug": true})"), 0644U);
    EXPECT_EQ(mode_with(R"({"proxies": {"http-proxy": "http://proxy:3128"}})"), 0600U);
    EXPECT_EQ(mode_with(R"({"log-driver": "splunk", "log-opts": {"splunk-token": "176FCEBF"}})"), 0600U);
    EXPECT_EQ(mode_with(R"({"proxies": {"http-proxy": "http://proxy:3128"}})", 0640), 0640U) << "not ours";
}

/// Version 1.2.2 of the retired extension has put its settings into the package's unit.
struct TakeoverTest : testing::Test {
    Machine machine;

    TakeoverTest() {
        machine.observed.unit_file = "/lib/systemd/system/docker.service";
        machine.observed.unit_texts = {
            "[Service]\nExecStart=/usr/bin/dockerd -H=fd:// -H=0.0.0.0:2375 -D --label=a=b\n"};
        machine.desired.docker.options = {"-D", "--label=a=b"};
        machine.desired.docker.port = 2375;
        machine.desired.docker.insecure_port = true;
    }
    std::string drop_in() const { return machine.file(host_paths::drop_in); }
};

TEST_F(TakeoverTest, OfTheSameSettingsInterruptsNothing) {
    machine.desired.docker.options.emplace_back("--tls=false");
    machine.observed.unit_texts.front().insert(machine.observed.unit_texts.front().find(" -D"),
                                               " --tls=false");
    const HostPlan made = machine.plan();
    EXPECT_EQ(effect_of(made), "none");
    machine.apply(made);
    EXPECT_THAT(drop_in(), HasSubstr("ExecStart=\nExecStart=/usr/bin/dockerd -H=fd:// -D --label=a=b "
                                     "--tls=false --host=tcp://0.0.0.0:2375\n"));
    EXPECT_THAT(machine.plan().plan.steps, IsEmpty());
}

TEST_F(TakeoverTest, ReplacesItsFlagsByTheSettings) {
    machine.desired.docker.options = {"--label=c=d"};
    machine.desired.docker.port.reset();
    const HostPlan made = machine.plan();
    EXPECT_EQ(effect_of(made), "restart");
    machine.apply(made);
    EXPECT_THAT(drop_in(), HasSubstr("ExecStart=\nExecStart=/usr/bin/dockerd -H=fd:// --label=c=d\n"));
}

/// Also after the settings have asked for something else: what it wrote must not come back.
TEST_F(TakeoverTest, LeavesNoneOfItsFlagsIfTheSettingsHaveOtherKeysOrNone) {
    for (const char* config : {R"({"debug": true})", "{}"}) {
        machine.desired.docker = {.config = config};
        machine.apply(machine.plan());
        EXPECT_THAT(drop_in(), HasSubstr("ExecStart=\nExecStart=/usr/bin/dockerd -H=fd://\n"));
    }
}

TEST_F(TakeoverTest, RestartsDockerdWhenTheSameSettingsComeBack) {
    machine.desired.docker.options.emplace_back("--tls=false");
    machine.observed.unit_texts.front().insert(machine.observed.unit_texts.front().find(" -D"),
                                               " --tls=false");
    const EngineDesired same = machine.desired;
    machine.apply(machine.plan());
    machine.desired.docker.options = {"--label=c=d"};
    machine.apply(machine.plan());
    machine.desired = same;
    EXPECT_EQ(effect_of(machine.plan()), "restart");
}

TEST_F(TakeoverTest, DoesNotConcernMachinesWithoutSettingsOfTheEngine) {
    machine.desired.docker = {};
    EXPECT_THAT(machine.plan().plan.steps, IsEmpty());
}

TEST_F(TakeoverTest, DoesNotTouchAUnitOfSomebodyElse) {
    machine.observed.unit_file = "/etc/systemd/system/docker.service";
    machine.desired.docker.options = {"--label=c=d"};
    machine.desired.docker.port.reset();
    machine.apply(machine.plan());
    EXPECT_THAT(drop_in(), HasSubstr("-H=0.0.0.0:2375 -D --label=a=b --label=c=d\n"));
}

/// The mode of our drop-in after `options` were applied to a docker.service with the text `unit`.
unsigned drop_in_mode_with(const std::vector<std::string>& options, const std::string& unit = unit_text) {
    Machine machine;
    machine.desired.docker.options = options;
    machine.observed.unit_texts = {unit};
    machine.apply(machine.plan());
    return machine.observed.modes.at(std::string(host_paths::drop_in));
}

TEST(HostPlanner, ADropInThatMayContainPasswordsIsReadableByRootOnly) {
    EXPECT_EQ(drop_in_mode_with({"--debug"}), 0644U);
    EXPECT_EQ(drop_in_mode_with({"--https-proxy", "http://user:pw@proxy:3128"}), 0600U);
    EXPECT_EQ(drop_in_mode_with({"--http-proxy=proxy:3128"}), 0600U);
    EXPECT_EQ(drop_in_mode_with({"--log-opt=splunk-token=176FCEBF"}), 0600U);
    EXPECT_EQ(drop_in_mode_with({"--debug"},
                                "[Service]\nExecStart=/usr/sbin/dockerd "
                                "--https-proxy=http://user:pw@proxy:3128\n"),
              0600U)
        << "what the unit's own command line says is repeated";
}

TEST(HostPlanner, AWorldReadableDropInIsCorrectedWithoutARestart) {
    Machine machine;
    machine.desired.docker.options = {"--https-proxy=http://user:pw@proxy:3128"};
    machine.apply(machine.plan());
    machine.observed.modes[std::string(host_paths::drop_in)] = 0644;
    EXPECT_EQ(effect_of(machine.plan()), "none");
    machine.apply(machine.plan());
    EXPECT_EQ(machine.observed.modes.at(std::string(host_paths::drop_in)), 0600U);
    EXPECT_EQ(to_text(machine.plan().plan), "");
}

TEST(HostPlanner, ContradictionsAreFoundBeforeAnythingIsWritten) {
    Machine machine;
    machine.desired.docker.options = {"--log-driver=local"};
    machine.observed.files.emplace(host_paths::daemon_json, Secret(R"({"log-driver": "syslog"})"));
    machine.observed.modes.emplace(host_paths::daemon_json, 0644);
    const HostPlan made = machine.plan();
    EXPECT_TRUE(made.plan.steps.empty());
    ASSERT_EQ(made.plan.held.size(), 1U);
    EXPECT_NE(made.plan.held[0].reason.find("docker.options"), std::string::npos) << made.plan.held[0].reason;
}

TEST(HostPlanner, LoginsAreWrittenAndVerifiedOnce) {
    Machine machine;
    machine.desired.logins = {{.server = "example.com", .method = PasswordLogin{"u", Secret("hush")}}};
    EXPECT_EQ(to_text(machine.plan().plan),
              "[] -> 0 configure /root/.docker/config.json: registry.example.com changed "
              "(registry.example.com: (unset) → "
              "(our login))\n"
              "[] -> 1 log in to example.com: not verified yet\n");
    machine.apply(machine.plan());
    machine.history.verified_logins.insert(login_fingerprint("example.com", {"u", Secret("hush")}));
    EXPECT_EQ(to_text(machine.plan().plan), "");
    machine.desired.logins[0].method = PasswordLogin{"u", Secret("other")};
    EXPECT_EQ(machine.plan().plan.steps.size(), 2U);
    machine.desired.logins.clear();
    machine.apply(machine.plan());
    EXPECT_EQ(machine.file(host_paths::credentials).find("example.com"), std::string::npos);
}

TEST(HostPlanner, AnIdentityTokenIsInNoFileAndItsRegistryHasAStatus) {
    Machine machine;
    machine.desired.logins = {{.server = "https://R.azurecr.io", .method = IdentityLogin{"system"}}};
    const auto reported_parts = [&] { return parts_text(machine.plan()); };
    for (const bool systemd : {true, false}) {
        machine.observed.systemd = systemd;
        machine.history.identities.clear();
        EXPECT_EQ(to_text(machine.plan().plan), "");
        EXPECT_NE(reported_parts().find("registry.https://R.azurecr.io pending: not verified yet\n"),
                  std::string::npos)
            << reported_parts();
        machine.history.identities["r.azurecr.io"] = {"", PartState::failed, "no"};
        EXPECT_EQ(to_text(machine.plan().plan), "");
        EXPECT_NE(reported_parts().find("registry.https://R.azurecr.io failed: no\n"), std::string::npos)
            << reported_parts();
    }
}

}  // namespace
}  // namespace dockerext::plan
