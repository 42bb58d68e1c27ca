#include "doctor/probes.hpp"

#include "base/problem.hpp"
#include "doctor/read_fact.hpp"
#include "intake/parse_envelope.hpp"
#include "intake/secrets.hpp"
#include "state/settings_store.hpp"

#include <unistd.h>

#include <cerrno>

namespace dockerext::doctor {
namespace {

bool needs_registry(const model::Service& service) {
    return !service.build && service.pull_policy != model::PullPolicy::never;
}

void add_desired(const intake::AcceptedSettings& accepted, LoadedSettings& loaded) {
    StoredSettings& stored = loaded.stored;
    stored.warnings = accepted.warnings;
    stored.docker = accepted.engine.docker;
    stored.project = accepted.desired.project.name;
    for (const auto& [name, service] : accepted.desired.project.services) {
        stored.services.insert(name.value);
        if (service.container_name) stored.container_names.insert(service.container_name->value);
        for (unsigned number = 1; !service.container_name && number <= service.scale; ++number)
            stored.container_names.insert(stored.project.value + "-" + name.value + "-" +
                                          std::to_string(number));
        if (needs_registry(service)) stored.images.push_back(service.container.image.value);
    }
    for (const model::ServiceName& name : accepted.desired.project.inactive)
        stored.services.insert(name.value);
    loaded.logins = accepted.engine.logins;
    loaded.azure_environment = accepted.engine.azure_environment;
    if (!accepted.swarm) return;
    stored.swarm = accepted.swarm->settings;
    stored.has_unlock_key = !accepted.swarm->access.unlock_key.reveal().empty();
}

Found<LoadedSettings> read_settings(const state::Paths& paths) {
    if (::access(paths.state.c_str(), R_OK | X_OK) != 0 && errno == EACCES)
        return Error(ErrorKind::unavailable, "needs root");
    const state::SettingsStore store(paths.state);
    const auto found = store.load();
    LoadedSettings loaded;
    loaded.stored.config_files = store.file().native();
    loaded.stored.warning = found.warning;
    loaded.stored.damaged = found.damaged;
    loaded.stored.exist = found.envelope.has_value();
    if (!found.envelope) return loaded;
    loaded.redact = intake::secrets_of(*found.envelope);
    if (const auto previous = store.previous()) loaded.redact.merge(intake::secrets_of(*previous));
    const auto parsed = intake::parse_envelope(*found.envelope, paths.project, store.file(), {});
    for (const Problem& problem : parsed.problems) loaded.stored.problems.push_back(to_text(problem));
    if (parsed.accepted) add_desired(*parsed.accepted, loaded);
    return loaded;
}

}  // namespace

Task<Found<LoadedSettings>> load_settings(const Places& places) {
    Found<LoadedSettings> loaded = not_examined();
    std::function<Found<LoadedSettings>()> read = [paths = places.paths] { return read_settings(paths); };
    auto reading = read_fact<LoadedSettings>(std::move(read), loaded);
    co_await std::move(reading);
    co_return loaded;
}

}  // namespace dockerext::doctor
