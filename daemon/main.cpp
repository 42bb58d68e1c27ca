#include "base/log.hpp"
#include "bundle/bundle.hpp"
#include "cli/perform.hpp"
#include "compose/import.hpp"
#include "doctor/doctor.hpp"
#include "intake/compose_file.hpp"
#include "reconcile/daemon.hpp"
#include "reconcile/engine_removal.hpp"
#include "reconcile/swarm_departure.hpp"
#include "reconcile/validation.hpp"
#include "state/spool_settings.hpp"
#include "systemd/unit_explanation.hpp"
#include "wiped_heap.hpp"

#include <sys/prctl.h>

#include <exception>

// The composition root: the only place that knows both the commands and the functions that they call.
int main(int argc, char** argv) {
    using namespace dockerext;
    (void)::prctl(PR_SET_DUMPABLE, 0);  // no core dump, no ptrace: this memory holds secrets
    use_wiped_heap_for_openssl();
    try {
        return cli::main(argc, argv,
                         {.run = reconcile::run_daemon,
                          .validate = reconcile::validate,
                          .is_compose_file = compose::is_compose_file,
                          .wrap_compose_file = intake::wrap_compose_file,
                          .import_settings = intake::import_settings,
                          .spool = state::spool_settings,
                          .remove_engine = reconcile::remove_engine,
                          .leave_swarm = reconcile::leave_swarm,
                          .examine_machine = doctor::examine_machine,
                          .why_not_running = [] { return systemd::explain_unit("dockerextd"); },
                          .write_bundle = bundle::write_bundle});
    } catch (const std::exception& bug) {
        log::error("stopped by a bug", {{"ERROR", bug.what()}});
        return 1;
    }
}
