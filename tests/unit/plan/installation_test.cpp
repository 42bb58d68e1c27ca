#include "plan/installation.hpp"

#include "plan/plan_text.hpp"

#include <gtest/gtest.h>

#include <tuple>

namespace dockerext::plan {
namespace {

using namespace model;

TEST(IsVersion, ComparesTheRequestedWithTheInstalledVersion) {
    const std::tuple<const char*, const char*, bool> cases[] = {
        {"20.10.24+dfsg1-1+deb12u1", "20.10", true},
        {"20.10.24+dfsg1-1+deb12u1", "20.10.24", true},
        {"20.10.24+dfsg1-1+deb12u1", "20.1", false},
        {"20.10.24+dfsg1-1+deb12u1", "20.10.2", false},
        {"5:26.1.4-1~debian.12~bookworm", "26.1", true},
        {"5:26.1.4-1~debian.12~bookworm", "5:26.1", true},
        {"5:26.1.4-1~debian.12~bookworm", "4:26.1", false},
        {"26.1.4", "26.1.4", true},
        {"26.1.4", "27", false},
        {"26.1.4", "", true},
        {"26.1", "26.1.4", false},
    };
    for (const auto& [installed, wanted, is] : cases)
        EXPECT_EQ(is_version(installed, wanted), is) << installed << " " << wanted;
}

/// A machine with an engine, and a version to pin.
struct InstallCase {
    const char* what;
    std::optional<EnginePackage> package;
    const char* problem;
    const char* pin;
    std::string told;
};

const InstallCase install_cases[] = {
    {"no pin", EnginePackage{"docker.io", "20.10.24"}, "", "", "ok"},
    {"as pinned", EnginePackage{"docker.io", "20.10.24"}, "", "20.10", "ok"},
    {"another version", EnginePackage{"docker.io", "20.10.24+dfsg1-1"}, "", "26.1",
     "failed: docker.io 20.10.24+dfsg1-1 is installed, but the settings pin version 26.1 "
     "(docker.install.version); dockerextd does not replace it: install that version by hand, or change the "
     "pin"},
    {"by hand", std::nullopt, "", "26.1",
     "failed: the installed engine does not come from a package, but the settings pin version 26.1 "
     "(docker.install.version); dockerextd does not replace it: remove it to get that version, or drop the "
     "pin"},
    {"no package manager", std::nullopt, "look for the engine's package: rpm: not found", "26.1",
     "failed: the version of the engine is not known, but the settings pin version 26.1 "
     "(docker.install.version): look for the engine's package: rpm: not found"},
};

TEST(Installation, AnExistingEngineIsReportedAndNeverReplaced) {
    for (const InstallCase& tested : install_cases) {
        SCOPED_TRACE(tested.what);
        EngineDesired desired;
        desired.docker.install_version = tested.pin;
        ObservedHost observed{.systemd = true, .installed = true};
        observed.unit = {.load = UnitLoad::loaded, .active = UnitActive::inactive, .enabled = true};
        observed.package = tested.package;
        observed.package_problem = tested.problem;
        const HostPlan made = plan_host(desired, observed, {}, {});
        ASSERT_FALSE(made.parts.empty());
        const PartStatus& told = made.parts[0];
        EXPECT_EQ(std::string(to_string(told.state)) + (told.message.empty() ? "" : ": " + told.message),
                  tested.told);
        EXPECT_EQ(made.plan.held.empty(), told.state == PartState::ok);
        ASSERT_EQ(made.plan.steps.size(), 1U) << "the rest goes on";
        EXPECT_TRUE(std::holds_alternative<StartEngine>(made.plan.steps[0].operation));
    }
}

TEST(Installation, AnInterruptedInstallationIsCompleted) {
    EngineDesired desired;
    ObservedHost observed{
        .systemd = true, .installed = true, .package = EnginePackage{"docker.io", "20.10", false}};
    observed.unit = {.load = UnitLoad::loaded, .active = UnitActive::active, .enabled = true};
    HostHistory history;
    const auto text = [&] { return to_text(plan_host(desired, observed, history, {}).plan); };
    EXPECT_EQ(text(), "") << "somebody else's";
    history.owned.installed.packages = {"docker.io"};
    EXPECT_EQ(text(), "[] -> 0 install Docker Engine: only partly installed\n");
    desired.docker.install = EngineSource::none;
    EXPECT_EQ(text(), "");
    desired.docker.install = {};
    observed.package->complete = true;
    EXPECT_EQ(text(), "");
}

TEST(Installation, APinDroppedFromTheSettingsIsRemovedLast) {
    EngineDesired desired;
    ObservedHost observed{.systemd = true, .installed = true};
    observed.unit = {.load = UnitLoad::loaded, .active = UnitActive::active, .enabled = true};
    HostHistory history;
    history.owned.pinned_version = PinnedVersion{EngineSource::distro, "20.10"};
    const auto text = [&] { return to_text(plan_host(desired, observed, history, {}).plan); };
    const std::string release = "[] -> 0 release version 20.10: no longer pinned\n";
    EXPECT_EQ(text(), release);
    desired.docker.install_version = "20.10";
    observed.package = EnginePackage{"docker.io", "20.10.24"};
    EXPECT_EQ(text(), "");
    desired.docker.install_version = "20.10.24";
    EXPECT_EQ(text(), release);
    observed.unit.enabled = false;
    EXPECT_EQ(text().find("release"), std::string::npos);
}

TEST(Installation, AChangedPinIsRemovedBeforeAnotherVersionIsInstalled) {
    EngineDesired desired;
    desired.docker.install_version = "26.1";
    const ObservedHost observed{.systemd = true};
    HostHistory history;
    history.owned.pinned_version = PinnedVersion{EngineSource::distro, "20.10"};
    const auto text = [&] { return to_text(plan_host(desired, observed, history, {}).plan); };
    const std::string install = "[] -> 0 install Docker Engine: not installed\n";
    EXPECT_EQ(text(),
              "[] -> 0 release version 20.10: no longer pinned\n"
              "[0] -> 1 install Docker Engine: not installed\n");
    history.failure_records[Subject{Subject::Kind::part, "engine.version"}] = {
        .last_error = "no network", .next_attempt = SteadyTime::max()};
    EXPECT_EQ(text(), install + "held part engine.version: backoff: no network\n") << "in nobody's way";
    history.failure_records.clear();
    history.owned.pinned_version->version = "26.1";
    EXPECT_EQ(text(), install);
    history.owned.pinned_version.reset();
    EXPECT_EQ(text(), install);
}

}  // namespace
}  // namespace dockerext::plan
