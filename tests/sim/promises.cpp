#include "promises.hpp"

#include "model/labels.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::sim {
namespace {

using namespace std::chrono_literals;
namespace labels = model::labels;
using RestartKind = model::RestartPolicy::Kind;

constexpr Duration answer_timeout = 15s;   ///< until a change is observed and reported
constexpr Duration settings_delay = 2min;  ///< until new settings are in force
/// Starts of one container in ten minutes: what a backoff of 0, 1, 2, 4, … 300 s allows from each beginning
/// on.
constexpr std::size_t max_starts = 12;
/// The exit code of a program that was told to stop; none here uses it otherwise.
constexpr std::string_view ended_by_order = "exited with code 143";
constexpr double max_calls_per_second = 20;  ///< per second, averaged over at least a minute

std::string label(const Container& container, std::string_view name) {
    const auto found = container.labels.find(std::string(name));
    return found == container.labels.end() ? "" : found->second;
}

bool belongs_to(const Container& container, const std::string& project) {
    return !container.is_foreign && label(container, labels::project) == project;
}

std::vector<std::string> environment_of(const model::ContainerSpec& spec) {
    std::vector<std::string> environment;
    for (const auto& [name, value] : spec.environment) environment.push_back(name + "=" + value.value_or(""));
    return environment;
}

std::string_view word_of(model::RestartPolicy::Kind kind) {
    switch (kind) {
    case model::RestartPolicy::Kind::no: return "no";
    case model::RestartPolicy::Kind::always: return "always";
    case model::RestartPolicy::Kind::unless_stopped: return "unless-stopped";
    case model::RestartPolicy::Kind::on_failure: return "on-failure";
    }
    return "";
}

std::string name_of(const model::Project& project, const model::Service& service, unsigned number) {
    if (service.container_name) return service.container_name->value;
    return project.name.value + "-" + service.name.value + "-" + std::to_string(number);
}

}  // namespace

ReportedStatus parse_status(const std::string& status) {
    const json::Document document = json::parse(status);
    ReportedStatus reported{.state = json::string_at(document, "state"), .services = {}, .complaints = {}};
    const json::Value& settings = json::at(document, "settings");
    reported.frozen = settings.IsObject() && json::string_at(settings, "state") == "rolled back";
    if (reported.frozen) reported.complaints += "; the settings are rolled back";
    const json::Value& services = json::at(document, "services");
    if (!services.IsArray()) return reported;
    for (const json::Value& each : services.GetArray()) {
        ReportedStatus::Service service{json::string_at(each, "name"),
                                        json::string_at(each, "state"),
                                        json::string_at(each, "reason"),
                                        {}};
        for (const json::Value& container : json::at(each, "containers").GetArray()) {
            if (json::string_at(container, "state") == "running")
                service.running.push_back(json::string_at(container, "id"));
        }
        reported.frozen = reported.frozen || service.state == "drifted" ||
                          service.reason.find(" and was rolled back") != std::string::npos;
        if (service.state != "running" && service.state != "completed")
            reported.complaints += "; " + service.name + " " + service.state + ": " + service.reason;
        reported.services.push_back(std::move(service));
    }
    for (const char* list : {"parts", "held"}) {
        const json::Value& all = json::at(document, list);
        const std::string text = all.IsArray() && !all.Empty() ? json::text_of(all) : "";
        if (!text.empty()) reported.complaints += std::string("; ") + list + " " + text;
        reported.frozen = reported.frozen || text.find(" and was rolled back") != std::string::npos;
    }
    return reported;
}

void Promises::found(const std::string& what) {
    if (!broken_.empty()) return;
    broken_ = what;
    machine_.trace("BROKEN: " + what);
}

void Promises::check_always() {
    if (!machine_.failure.empty()) found("the daemon failed: " + machine_.failure);
    if (!machine_.engine.broken.empty()) found(machine_.engine.broken);
    if (!machine_.engine.removed_volumes.empty() && !people_.has_asked_to_remove_volumes())
        found("volume " + *machine_.engine.removed_volumes.begin() + " was removed, and nobody asked for it");
    check_starts();
    check_order();
    check_removed_images();
    check_rate();
}

/// The engine's model says whether an image was a stranger's or in use.
void Promises::check_removed_images() {
    const std::set<std::string> good = machine_.process.good_images();
    for (const Engine::RemovedImage& image : std::exchange(machine_.engine.removed_images, {})) {
        machine_.trace("the daemon has removed " + image.reference);
        ++removed_images;
        if (good.contains(image.id)) found("image " + image.reference + " of good settings was removed");
        const bool is_settled = image.at - people_.applied_at() > settings_delay;
        const bool is_needed = people_.desired() && people_.desired()->has_image(image.reference);
        if (is_settled && is_needed && !machine_.process.is_rolled_back())
            found("image " + image.reference + " was removed, and the settings need it");
    }
}

/// Each stranger's call may undo a repair that has held; the daemon then repeats it at once.
void Promises::check_starts() {
    const SteadyTime now = machine_.schedule.now();
    const std::size_t allowed =
        max_starts * (1 + machine_.backoff_resets.count(now)) + machine_.foreign_calls.count(now);
    for (auto& [name, starts] : machine_.engine.starts) {
        const std::size_t count = starts.count(now);
        if (count > allowed)
            found(name + " was started " + std::to_string(count) + " times in ten minutes, and " +
                  std::to_string(allowed) + " would do");
    }
}

/// Other settings may have asked for other steps shortly before.
void Promises::check_order() {
    const bool is_settled = machine_.schedule.now() - people_.applied_at() > settings_delay;
    for (const std::string& service : std::exchange(machine_.engine.stop_first, {})) {
        if (is_start_first(service) && is_settled && people_.desired())
            found("the old container of " + service + " was stopped before the new one had started");
    }
}

void Promises::check_rate() {
    const Duration passed = machine_.schedule.now() - rate_window_start_;
    if (passed < 1min) return;
    const auto calls = static_cast<double>(machine_.wire.calls - calls_at_window_start_);
    const double calls_per_second = calls / std::chrono::duration<double>(passed).count();
    if (rate_window_start_ != SteadyTime{} && calls_per_second > max_calls_per_second)
        found(std::to_string(static_cast<int>(calls_per_second)) + " calls a second for a minute");
    rate_window_start_ = machine_.schedule.now();
    calls_at_window_start_ = machine_.wire.calls;
}

bool Promises::has_been_dead_for_long(const std::string& id) const {
    const Container* const container = machine_.engine.find(id);
    if (container != nullptr && container->alive()) return false;
    const auto gone = machine_.engine.gone.find(id);
    const SteadyTime since = container != nullptr                 ? container->down_since
                             : gone != machine_.engine.gone.end() ? gone->second
                                                                  : SteadyTime{};
    return machine_.schedule.now() - since > answer_timeout;
}

/// The status reports no container as running that has been dead for a while, and gives a reason for every
/// service that is not well.
void Promises::check_status(const ReportedStatus& reported) {
    if (machine_.schedule.now() < machine_.undisturbed_since() + answer_timeout || people_.has_paused())
        return;
    for (const ReportedStatus::Service& service : reported.services) {
        for (const std::string& id : service.running) {
            if (has_been_dead_for_long(id))
                found("status calls container " + id.substr(0, 12) + " of " + service.name +
                      " running: it is not");
        }
        const bool well = service.state == "running" || service.state == "completed";
        if (!well && service.reason.empty())
            found("status gives no reason for " + service.name + " being " + service.state);
        if (service.state == "failed" && service.reason.ends_with(ended_by_order))
            found("status calls " + service.name + " failed, which was only stopped: " + service.reason);
    }
    if (reported.state == "converged") {
        for (const ReportedStatus::Service& service : reported.services) {
            if (service.state != "running" && service.state != "completed")
                found("status says converged, and " + service.name + " is " + service.state);
        }
    }
}

void Promises::check_idle(std::uint64_t calls, Duration lasted) {
    const auto containers = machine_.engine.containers.size();
    const auto checks = static_cast<std::uint64_t>(lasted / 270s) + 1;
    const std::uint64_t most = checks * (10 + 2 * containers);
    if (calls > most)
        found("at rest, and " + std::to_string(calls) + " calls in " + std::to_string(lasted / 1min) +
              " min");
}

void Promises::check_converged() {
    std::optional<model::Project> project;
    if (people_.desired()) project = machine_.process.parse_project(people_.desired()->text());
    const std::string desired = project ? project->name.value : "";
    for (const auto& [id, container] : machine_.engine.containers) {
        const std::string of = label(*container, labels::project);
        if (!container->is_foreign && of != desired)
            found("left over: container " + container->name + " of project " + of);
    }
    if (!project) {
        for (const auto& [id, network] : machine_.engine.networks) {
            if (!network.is_foreign) found("left over: network " + network.name);
        }
        return;
    }
    std::size_t count = 0;
    for (const auto& [name, service] : project->services) count += check_service(service, *project);
    const auto all = static_cast<std::size_t>(
        std::count_if(machine_.engine.containers.begin(), machine_.engine.containers.end(),
                      [&](const auto& each) { return belongs_to(*each.second, desired); }));
    if (all != count) found(std::to_string(all) + " containers instead of " + std::to_string(count));
    check_resources(*project);
}

const Container* Promises::container_in_slot(const model::Project& project, const model::Service& service,
                                             unsigned number) {
    for (const auto& [id, container] : machine_.engine.containers) {
        if (belongs_to(*container, project.name.value) &&
            label(*container, labels::service) == service.name.value &&
            label(*container, labels::number) == std::to_string(number))
            return container.get();
    }
    return nullptr;
}

/// Checks the service's containers and returns how many it should have. A job that is done does not run again
/// after its container was removed.
std::size_t Promises::check_service(const model::Service& service, const model::Project& project) {
    const RestartKind kind = service.container.restart.kind;
    const bool can_stay_stopped = kind != RestartKind::always && kind != RestartKind::unless_stopped;
    const bool is_done = can_stay_stopped && machine_.engine.completed_jobs.contains(service.config_hash);
    std::size_t count = 0;
    for (unsigned number = 1; number <= service.scale; ++number) {
        const std::string name = name_of(project, service, number);
        const Container* const container = container_in_slot(project, service, number);
        if (container == nullptr && is_done) continue;
        ++count;
        if (container == nullptr) found("there is no container " + name);
        else if (container->name != name) found("container " + name + " is called " + container->name);
        else check_container(*container, service);
    }
    return count;
}

void Promises::check_container(const Container& container, const model::Service& service) {
    const model::ContainerSpec& want = service.container;
    const json::Document config = json::parse(container.config_text);
    if (json::string_at(config, "Image") != want.image.value ||
        json::strings_at(config, "Cmd") != *want.command ||
        json::strings_at(config, "Env") != environment_of(want))
        found(container.name + " is not of the settings");
    const auto image = machine_.engine.images.find(want.image.value);
    const bool is_former = image != machine_.engine.images.end() && image->second.id != container.image_id;
    const bool may_rest = container.state == Container::State::exited && container.exit_code == 0;
    if (is_former && !may_rest) found(container.name + " runs a former image of " + want.image.value);
    if (json::string_at(json::at(container.host_config, "RestartPolicy"), "Name") !=
        word_of(want.restart.kind))
        found(container.name + " has another restart policy");
    const bool completed = container.state == Container::State::exited && container.exit_code == 0 &&
                           want.restart.kind != model::RestartPolicy::Kind::always &&
                           want.restart.kind != model::RestartPolicy::Kind::unless_stopped;
    if (!completed && !container.alive()) found(container.name + " does not run");
    if (container.paused) found(container.name + " is paused");
    if (container.alive() && container.check && container.health != "healthy")
        found(container.name + " is " + container.health);
    if (json::number_at(container.host_config, "Memory") !=
        (want.memory ? model::number_of(*want.memory) : 0))
        found(container.name + " has another memory limit");
    std::set<std::string> attached, asked;
    for (const auto& [network, endpoint] : container.networks) attached.insert(network);
    for (const auto& [network, endpoint] : want.networks) asked.insert(network.value);
    if (attached != asked) found(container.name + " is on other networks");
}

void Promises::check_resources(const model::Project& project) {
    std::set<std::string> names;
    for (const auto& [id, network] : machine_.engine.networks) {
        if (network.is_foreign) continue;
        if (!project.networks.contains({network.name})) found("left over: network " + network.name);
        if (!names.insert(network.name).second) found("two networks " + network.name);
    }
    for (const auto& [name, spec] : project.networks) {
        if (!names.contains(name.value)) found("there is no network " + name.value);
    }
    for (const auto& [name, spec] : project.volumes) {
        if (!machine_.engine.volumes.contains(name.value)) found("there is no volume " + name.value);
    }
}

}  // namespace dockerext::sim
