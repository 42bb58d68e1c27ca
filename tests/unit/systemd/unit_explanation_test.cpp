#include "systemd/unit_explanation.hpp"

#include <gtest/gtest.h>

namespace dockerext::systemd {
namespace {

using model::UnitActive;
using model::UnitLoad;

TEST(ExplainUnit, NamesTheNextCommand) {
    struct Case {
        UnitLoad load;
        UnitActive active;
        std::string sub_state, expected;
    };
    const std::vector<Case> cases{
        {UnitLoad::not_found, UnitActive::inactive, "dead",
         "d.service is not installed; install the package d"},
        {UnitLoad::masked, UnitActive::inactive, "dead",
         "d.service is masked; run `systemctl unmask d`, then `systemctl enable --now d`"},
        {UnitLoad::broken, UnitActive::inactive, "dead",
         "systemd cannot load d.service; see `systemctl status d`"},
        {UnitLoad::loaded, UnitActive::inactive, "dead", "d.service is stopped; run `systemctl start d`"},
        {UnitLoad::loaded, UnitActive::failed, "failed",
         "d.service has failed (exit-code); see `journalctl -u d -n 50`, then run `systemctl restart d`"},
        {UnitLoad::loaded, UnitActive::activating, "start", "d.service is starting; try again in a moment"},
        {UnitLoad::loaded, UnitActive::activating, "auto-restart",
         "d.service has failed (exit-code) and is about to be restarted; see `journalctl -u d -n 50`"},
        {UnitLoad::loaded, UnitActive::deactivating, "stop", "d.service is stopping"},
        {UnitLoad::loaded, UnitActive::active, "running",
         "d.service runs, but does not answer; see `journalctl -u d -n 50`"},
    };
    for (const Case& c : cases) {
        UnitFacts unit;
        unit.load = c.load;
        unit.active = c.active;
        unit.sub_state = c.sub_state;
        unit.result = "exit-code";
        EXPECT_EQ(explain_unit("d", unit), c.expected);
    }
}

}  // namespace
}  // namespace dockerext::systemd
