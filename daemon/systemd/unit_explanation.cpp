#include "systemd/unit_explanation.hpp"

#include "base/log.hpp"
#include "base/spawn.hpp"
#include "base/timeout.hpp"
#include "systemd/systemd.hpp"

#include <boost/asio/io_context.hpp>

namespace dockerext::systemd {
namespace {

using model::UnitActive;
using model::UnitLoad;

std::string why_not_loaded(const std::string& name, UnitLoad load) {
    const std::string unit = name + ".service";
    switch (load) {
    case UnitLoad::not_found: return unit + " is not installed; install the package " + name;
    case UnitLoad::masked:
        return unit + " is masked; run `systemctl unmask " + name + "`, then `systemctl enable --now " +
               name + "`";
    case UnitLoad::broken: return "systemd cannot load " + unit + "; see `systemctl status " + name + "`";
    case UnitLoad::loaded: break;
    }
    return "";
}

std::string why_not_active(const std::string& name, const UnitFacts& unit) {
    const std::string journal = "`journalctl -u " + name + " -n 50`";
    switch (unit.active) {
    case UnitActive::inactive: return " is stopped; run `systemctl start " + name + "`";
    case UnitActive::failed:
        return " has failed (" + unit.result + "); see " + journal + ", then run `systemctl restart " + name +
               "`";
    case UnitActive::activating:
        if (unit.sub_state == "auto-restart")
            return " has failed (" + unit.result + ") and is about to be restarted; see " + journal;
        return " is starting; try again in a moment";
    case UnitActive::deactivating: return " is stopping";
    case UnitActive::active:
    case UnitActive::reloading: break;
    }
    return " runs, but does not answer; see " + journal;
}

/// `facts` outlives the call.
Task<void> query(Systemd& systemd, std::string name, Result<UnitFacts>& facts) {
    auto asking = systemd.unit(std::move(name));
    facts = co_await std::move(asking);
}

}  // namespace

std::string explain_unit(const std::string& name, const UnitFacts& unit) {
    if (unit.load != UnitLoad::loaded) return why_not_loaded(name, unit.load);
    return name + ".service" + why_not_active(name, unit);
}

std::string explain_unit(const std::string& name) {
    log::set_level(log::Level::error);  // without systemd, the caller shows its own error
    asio::io_context io(1);
    Systemd systemd(io.get_executor(), {});
    Result<UnitFacts> facts = Error(ErrorKind::timeout, "systemd does not answer");
    auto asking =
        race(either(systemd.run(), query(systemd, name + ".service", facts)), std::chrono::seconds(3));
    (void)run_alone(io, std::move(asking));
    return facts ? explain_unit(name, *facts) : "";
}

}  // namespace dockerext::systemd
