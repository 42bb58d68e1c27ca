#include "observe/container_facts.hpp"

#include "base/enum_names.hpp"
#include "engine/plain_message.hpp"
#include "model/ownership.hpp"
#include "observe/facts_reader.hpp"
#include "observe/network_facts.hpp"
#include "observe/spec_facts.hpp"

namespace dockerext::observe {
namespace {

using model::ContainerState;
using model::Health;

/// The enumerator named `word`; if there is none, a problem, and the first enumerator.
template <NamedEnum E>
E enumerator(const std::string& word, ObjectReader& reader, Problems& problems) {
    if (const auto known = from_string<E>(word)) return *known;
    problems.add(reader.cursor().problem("unknown state '" + word + "'"));
    return {};
}

constexpr std::int64_t default_retries = 3;

/// The engine reports every container as unhealthy whose checks do not run, and a paused one until its next
/// check. A check makes a running container unhealthy only after as many failures as are allowed.
Health effective_health(Health reported, std::int64_t failing_streak,
                        const model::ObservedContainer& container) {
    if (reported != Health::unhealthy || container.state != ContainerState::running) return reported;
    const auto& check = container.spec.healthcheck;
    const std::int64_t given = check ? check->retries.value_or(0) : 0;
    return failing_streak < (given == 0 ? default_retries : given) ? Health::starting : reported;
}

void read_health(model::ObservedContainer& container, ObjectReader& state, Problems& problems) {
    ObjectReader health = object_in(state, "Health", problems);
    const std::string word = text_in(health, "Status");
    if (word.empty() || word == "none") return;
    container.health = effective_health(enumerator<Health>(word, health, problems),
                                        count_in(health, "FailingStreak"), container);
    if (container.health != Health::unhealthy) return;
    std::vector<ObjectReader> runs = objects_in(health, "Log", problems);
    if (runs.empty()) return;
    const auto code = static_cast<int>(count_in(runs.back(), "ExitCode"));
    container.failed_check = {code, text_in(runs.back(), "Output")};
}

void read_state(model::ObservedContainer& container, ObjectReader& state, const Redactor& redact,
                Problems& problems) {
    container.state = enumerator<ContainerState>(text_in(state, "Status"), state, problems);
    read_health(container, state, problems);
    container.exit_code = static_cast<int>(count_in(state, "ExitCode"));
    container.error = engine::plain_message(text_in(state, "Error"), redact);
    container.out_of_memory = flag_in(state, "OOMKilled");
    container.started_at = time_in(state, "StartedAt", problems);
    container.finished_at = time_in(state, "FinishedAt", problems);
}

model::ContainerName name_in(ObjectReader& inspect) {
    std::string name = text_in(inspect, "Name");
    if (name.starts_with('/')) name.erase(0, 1);
    return {std::move(name)};
}

bool has_no_own_networks(const std::string& mode) {
    return mode == "host" || mode == "none" || mode.starts_with("container:");
}

/// On a user-defined network, the links of a container are only in its endpoint (Engine API: HostConfig.Links
/// is null).
void copy_links_from_endpoint(model::ContainerSpec& spec) {
    const auto first = spec.networks.find({spec.network_mode});
    if (!spec.links.empty() || first == spec.networks.end()) return;
    spec.links.assign(first->second.links.begin(), first->second.links.end());
}

/// Reads the networks by name, even if the container's mode is a network's id.
void read_networks(model::ObservedContainer& container, ObjectReader& inspect, Problems& problems) {
    std::string& mode = container.spec.network_mode;
    if (has_no_own_networks(mode)) return;
    ObjectReader settings = object_in(inspect, "NetworkSettings", problems);
    for (const auto& [name, attachment] : attachments_in(settings, problems)) {
        container.spec.networks.emplace(name, attachment.endpoint);
        container.attached.emplace(name, attachment.network);
        if (!attachment.network.empty() && mode == attachment.network.value) mode = name.value;
    }
    copy_links_from_endpoint(container.spec);
}

}  // namespace

Result<model::NamespaceOwner> read_owner(const JsonCursor& inspect) {
    Problems problems;
    ObjectReader reader(inspect, problems);
    ObjectReader state = object_in(reader, "State", problems);
    model::NamespaceOwner owner{.id = {text_in(reader, "Id")},
                                .name = name_in(reader),
                                .running = flag_in(state, "Running"),
                                .started_at = time_in(state, "StartedAt", problems)};
    return unless_problems(std::move(owner), problems);
}

Result<model::ObservedContainer> read_container(const JsonCursor& inspect, const Redactor& redact) {
    Problems problems;
    ObjectReader reader(inspect, problems);
    ObjectReader state = object_in(reader, "State", problems);
    model::ObservedContainer container;
    container.id = {text_in(reader, "Id")};
    container.name = name_in(reader);
    container.created_at = time_in(reader, "Created", problems);
    container.image_id = {text_in(reader, "Image")};
    container.spec = spec_in(reader, problems);
    container.restart_count = static_cast<unsigned>(count_in(reader, "RestartCount"));
    container.slot = model::claimed_slot(container.spec.labels).value_or(model::Slot{});
    read_state(container, state, redact, problems);
    read_networks(container, reader, problems);
    return unless_problems(std::move(container), problems);
}

}  // namespace dockerext::observe
