#include "world.hpp"

namespace dockerext::sim {
namespace {

using namespace std::chrono_literals;

constexpr Duration time_to_converge = 20min;
constexpr Duration look_every = 20s;

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
    machine_.engine.load("app:1");
    // A stranger's objects that exist during the whole run.
    machine_.strange("POST", "/networks/create", R"({"Name":"elsewhere"})");
    machine_.strange("POST", "/volumes/create", R"({"Name":"theirs"})");
    machine_.strange(
        "POST", "/containers/create?name=bystander",
        R"({"Image":"app:1","Labels":{"com.docker.compose.project":"other","com.docker.compose.service":"x"},)"
        R"("HostConfig":{"NetworkMode":"elsewhere","Binds":["theirs:/x"],"RestartPolicy":{"Name":"always"}}})");
    machine_.strange("POST", "/containers/bystander/start");
}

void World::run() {
    people_.apply(some_document(random_));
    faults_.before = *people_.wanted();
    look_on();
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
        machine_.run_for(look_every);
}

void World::calm() {
    machine_.trace("-- calm");
    faults_.stop();
    machine_.run_until(std::max(machine_.schedule.now() + 1min, machine_.clear_since()));
    if (!broken().empty()) return;
    if (people_.has_paused()) people_.resume();
    make_sound();
    start_the_forgotten();
    bool converged = await_convergence(time_to_converge);
    if (!converged && told_.frozen) {
        people_.retry();
        converged = await_convergence(time_to_converge);
    }
    if (!broken().empty()) return;
    if (!converged) return promises_.found("not converged: " + told_.state + told_.complaints);
    promises_.check_converged();
    if (broken().empty()) rest();
}

void World::make_sound() {
    if (people_.wanted() && people_.wanted()->is_sound() &&
        machine_.process.understood(people_.wanted()->text()))
        return;
    Document document = people_.wanted().value_or(faults_.before);
    document.mend();
    if (!machine_.process.understood(document.text())) document = some_document(random_);
    people_.apply(document);
}

/// Starts containers that only people can start again. Only an event says who stopped a container: if it was
/// lost and the service has no restart policy, the daemon leaves the container stopped. The same holds after
/// a failed hook that cannot be run again.
void World::start_the_forgotten() {
    const bool endings_missed = std::exchange(machine_.endings_may_be_missed, false);
    std::set<std::string> hooks_failed;
    for (const Told::Service& service : told_.services) {
        if (service.reason.find("post_start hook") != std::string::npos) hooks_failed.insert(service.name);
    }
    for (const auto& [id, container] : machine_.engine.containers) {
        if (container->strangers || container->state != Container::State::exited) continue;
        const bool is_missed =
            container->exit_code != 0 || container->check;  // other services wait until it is healthy
        const auto service = container->labels.find("com.docker.compose.service");
        const bool failed = service != container->labels.end() && hooks_failed.contains(service->second);
        if ((endings_missed && is_missed) || failed) machine_.strange("POST", "/containers/" + id + "/start");
    }
}

bool World::await_convergence(Duration longest) {
    const SteadyTime end = machine_.schedule.now() + longest;
    int in_a_row = 0;
    while (machine_.schedule.now() < end && broken().empty()) {
        machine_.run_for(5s);
        told_.state.clear();
        look();
        machine_.run_for(100ms);
        if (told_.state == "paused") people_.resume();  // an earlier request may have been lost
        in_a_row = told_.state == "converged" ? in_a_row + 1 : 0;
        if (in_a_row == 4) return true;
    }
    return false;
}

void World::rest() {
    const std::uint64_t calls = machine_.wire.calls;
    constexpr Duration length = 11min;
    machine_.run_for(length);
    if (broken().empty()) promises_.check_rest(machine_.wire.calls - calls, length);
    if (broken().empty() && told_.state != "converged")
        promises_.found("converged no longer, though nothing happened: " + told_.state + told_.complaints);
}

void World::look() {
    promises_.check_always();
    machine_.process.ask("GET", "/v1/status", "", [this](unsigned status, const std::string& body) {
        if (status != 200) return promises_.found("status answers " + std::to_string(status) + ": " + body);
        Told told = told_in(body);
        if (told.state + told.complaints != told_.state + told_.complaints)
            machine_.trace("status: " + told.state + told.complaints);
        told_ = std::move(told);
        promises_.check_told(told_);
    });
}

void World::look_on() {
    look();
    machine_.schedule.after(look_every, [this] { look_on(); });
}

}  // namespace dockerext::sim
