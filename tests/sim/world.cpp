#include "world.hpp"

namespace dockerext::sim {
namespace {

using namespace std::chrono_literals;

constexpr Duration time_to_converge = 20min;
constexpr Duration poll_interval = 20s;

}  // namespace

World::World(const Options& options, const std::filesystem::path& root)
    : options_(options),
      machine_(options.seed, root),
      people_(machine_),
      promises_(machine_, people_),
      faults_(machine_, people_, options.seed ^ 0xfa17U),
      random_(options.seed ^ 0x5e77U),
      begun_(machine_.schedule.now()) {
    machine_.traces = machine_.wire.trace = machine_.engine.events.trace = options.trace;
    faults_.left_out = options.left_out;
    for (unsigned i = 1; i <= images; ++i)
        machine_.engine.publish("app:" + std::to_string(i), {"app"}, random_.between(1s, 40s));
    machine_.engine.load("app:1", Engine::Caller::foreign_client);
    // A stranger's objects that exist during the whole run.
    machine_.call_as_foreign_client("POST", "/networks/create", R"({"Name":"elsewhere"})");
    machine_.call_as_foreign_client("POST", "/volumes/create", R"({"Name":"theirs"})");
    machine_.call_as_foreign_client(
        "POST", "/containers/create?name=bystander",
        R"({"Image":"app:1","Labels":{"com.docker.compose.project":"other","com.docker.compose.service":"x"},)"
        R"("HostConfig":{"NetworkMode":"elsewhere","Binds":["theirs:/x"],"RestartPolicy":{"Name":"always"}}})");
    machine_.call_as_foreign_client("POST", "/containers/bystander/start");
}

void World::run() {
    people_.apply(random_document(random_));
    faults_.before = *people_.desired();
    poll_status_repeatedly();
    calm();
    while (lasted() < options_.length && broken().empty()) {
        storm();
        calm();
    }
}

void World::storm() {
    machine_.trace("-- storm");
    const Duration length = random_.between(2min, 30min);
    faults_.plan(length, static_cast<unsigned>(2 + random_.below(static_cast<std::uint64_t>(length / 20s))));
    for (const SteadyTime end = machine_.schedule.now() + length;
         machine_.schedule.now() < end && broken().empty();)
        machine_.run_for(poll_interval);
}

void World::calm() {
    machine_.trace("-- calm");
    faults_.stop();
    machine_.run_until(std::max(machine_.schedule.now() + 1min, machine_.undisturbed_since()));
    if (!broken().empty()) return;
    if (people_.has_paused()) people_.resume();
    repair_settings();
    start_stopped_containers();
    bool converged = await_convergence(time_to_converge);
    if (!converged && reported_.frozen) {
        people_.retry();
        converged = await_convergence(time_to_converge);
    }
    if (!broken().empty()) return;
    if (!converged) return promises_.found("not converged: " + reported_.state + reported_.complaints);
    promises_.check_converged();
    if (broken().empty()) observe_idle();
}

void World::repair_settings() {
    if (people_.desired() && people_.desired()->can_converge() &&
        machine_.process.parse_project(people_.desired()->text()))
        return;
    Document document = people_.desired().value_or(faults_.before);
    document.repair();
    if (!machine_.process.parse_project(document.text())) document = random_document(random_);
    people_.apply(document);
}

/// Starts containers that only people can start again. Only an event says who stopped a container: if it was
/// lost and the service has no restart policy, the daemon leaves the container stopped. The same holds after
/// a failed hook that cannot be run again.
void World::start_stopped_containers() {
    const bool exit_events_lost = std::exchange(machine_.exit_events_may_be_lost, false);
    std::set<std::string> hooks_failed;
    for (const ReportedStatus::Service& service : reported_.services) {
        if (service.reason.find("post_start hook") != std::string::npos) hooks_failed.insert(service.name);
    }
    for (const auto& [id, container] : machine_.engine.containers) {
        if (container->is_foreign || container->state != Container::State::exited) continue;
        const bool needs_start =
            container->exit_code != 0 || container->check;  // other services wait until it is healthy
        const auto service = container->labels.find("com.docker.compose.service");
        const bool failed = service != container->labels.end() && hooks_failed.contains(service->second);
        if ((exit_events_lost && needs_start) || failed)
            machine_.call_as_foreign_client("POST", "/containers/" + id + "/start");
    }
}

bool World::await_convergence(Duration longest) {
    const SteadyTime end = machine_.schedule.now() + longest;
    int converged_polls = 0;
    while (machine_.schedule.now() < end && broken().empty()) {
        machine_.run_for(5s);
        reported_.state.clear();
        poll_status();
        machine_.run_for(100ms);
        if (reported_.state == "paused") people_.resume();  // an earlier request may have been lost
        converged_polls = reported_.state == "converged" ? converged_polls + 1 : 0;
        if (converged_polls == 4) return true;
    }
    return false;
}

void World::observe_idle() {
    const std::uint64_t calls = machine_.wire.calls;
    constexpr Duration length = 11min;
    machine_.run_for(length);
    if (broken().empty()) promises_.check_idle(machine_.wire.calls - calls, length);
    if (broken().empty() && reported_.state != "converged")
        promises_.found("converged no longer, though nothing happened: " + reported_.state +
                        reported_.complaints);
}

void World::poll_status() {
    promises_.check_always();
    machine_.process.ask("GET", "/v1/status", "", [this](unsigned status, const std::string& body) {
        if (status != 200) return promises_.found("status answers " + std::to_string(status) + ": " + body);
        ReportedStatus reported = parse_status(body);
        if (reported.state + reported.complaints != reported_.state + reported_.complaints)
            machine_.trace("status: " + reported.state + reported.complaints);
        reported_ = std::move(reported);
        promises_.check_status(reported_);
    });
}

void World::poll_status_repeatedly() {
    poll_status();
    machine_.schedule.after(poll_interval, [this] { poll_status_repeatedly(); });
}

}  // namespace dockerext::sim
