#include "reconcile/swarm_departure.hpp"

#include "apply/executor.hpp"
#include "base/clock.hpp"
#include "base/spawn.hpp"
#include "base/timeout.hpp"
#include "observe/swarm_observer.hpp"
#include "plan/planner.hpp"
#include "plan/swarm_planner.hpp"
#include "reconcile/removal.hpp"
#include "state/lock.hpp"
#include "state/paths.hpp"
#include "state/swarm_record.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dockerext::reconcile {

using namespace model;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

/// A demotion takes a few seconds, and an election up to 20.
constexpr Duration longest = 18s, between_looks = 1s;

struct SwarmLeaver {
    engine::Client& client;
    state::Journal& journal;
    const state::SwarmRecordStore& store;
    SwarmDesired desired;
    Asked asked;
    Redactor redact;
    std::vector<std::string> done;
    std::string progress;  ///< what is in the way, for people
};

struct NextSteps {
    LocalNodeState state = LocalNodeState::inactive;
    plan::SwarmPlan made;
};

/// From a fresh look, as after each step.
Task<Result<NextSteps>> next_steps(SwarmLeaver& leaver) {
    auto record = leaver.store.load();
    if (!record) co_return record.error();
    auto looking = observe::observe_swarm(leaver.client, leaver.desired.settings);
    const auto observed = co_await std::move(looking);
    if (!observed) co_return observed.error().within("cannot inspect the swarm");
    const SwarmHistory past{.record = std::move(*record)};
    NextSteps next{observed->state,
                   plan::plan_swarm(leaver.desired, *observed, past, steady_now(), wall_now())};
    if (auto saved = leaver.store.save(next.made.record); !saved) co_return saved.error();
    co_return next;
}

/// Why this machine has to stay, for people; "" if nothing is in the way.
std::string refusal_in(const plan::SwarmPlan& made) {
    const auto refused = std::find_if(made.parts.begin(), made.parts.end(),
                                      [](const PartStatus& part) { return part.is_final; });
    return refused == made.parts.end() ? "" : refused->message;
}

/// Makes the steps that are possible now. Returns whether one has been made.
Task<bool> advance(SwarmLeaver& leaver, apply::Executor& executor, model::Plan plan) {
    if (!plan::has_runnable(plan)) co_return false;
    OutcomeCollector collector;
    co_await executor.run(std::move(plan), 0, leaver.redact, collector.callbacks());
    const auto done = std::move(collector).result();
    if (!done) {
        leaver.progress = done.error().message();
        co_return false;
    }
    leaver.done.insert(leaver.done.end(), done->done.begin(), done->done.end());
    co_return true;
}

/// The next daemon on this machine joins again.
Result<> forget_departure(const state::SwarmRecordStore& store) {
    auto record = store.load();
    if (!record) return record.error();
    record->has_departed = false;
    return store.save(*record);
}

/// What is in the way passes, as a rule: an election, a demotion of another manager, somebody else's change.
Task<Result<Removal>> leave(SwarmLeaver& leaver) {
    apply::Executor executor(leaver.client, leaver.journal, co_await asio::this_coro::executor,
                             apply::one_at_a_time);
    for (bool going = true; going;) {
        auto next = co_await next_steps(leaver);
        if (!next) co_return next.error();
        if (next->state == LocalNodeState::inactive) {
            if (const auto forgotten = forget_departure(leaver.store); !forgotten)
                co_return forgotten.error();
            co_return Removal{leaver.done, leaver.done.empty() ? "this machine is in no swarm" : ""};
        }
        const std::string refusal = refusal_in(next->made);
        if (!refusal.empty() && leaver.asked == Asked::by_operator)
            co_return Error(ErrorKind::conflict, refusal);
        if (!refusal.empty()) co_return Removal{{}, refusal};
        if (!next->made.parts.empty()) leaver.progress = next->made.parts.front().message;
        const bool has_advanced = co_await advance(leaver, executor, std::move(next->made.plan));
        if (!has_advanced) going = co_await sleep_for(between_looks);
    }
    co_return Error(ErrorKind::cancelled, "leave the swarm");
}

Task<Result<Removal>> leave_at(fs::path socket, SwarmDesired desired, Asked asked, state::Journal& journal,
                               const state::SwarmRecordStore& store, Redactor redact) {
    engine::Client client(co_await asio::this_coro::executor, std::move(socket));
    client.set_redactor(redact);
    SwarmLeaver leaver{client, journal, store, std::move(desired), asked, std::move(redact), {}, {}};
    auto leaving = leave(leaver);
    auto left = co_await with_timeout(longest, "leave the swarm", std::move(leaving));
    if (!left && left.error().kind() == ErrorKind::timeout)
        co_return Error(ErrorKind::timeout, "this machine is still in the swarm: " + leaver.progress);
    co_return left;
}

/// Whether there is something to leave.
Result<std::string> reason_to_stay(const std::optional<Settings>& settings,
                                   const state::SwarmRecordStore& store, Asked asked) {
    const bool is_asked = settings && settings->swarm && settings->swarm->leave;
    if (asked == Asked::by_settings && !is_asked) return "the settings do not ask for it (swarm.leave)";
    const auto record = store.load();
    if (!record) return record.error();
    const bool is_ours = !record->node.empty() || record->doing != SwarmRecord::Doing::nothing;
    return is_ours ? "" : "dockerextd has not made this machine a member of a swarm";
}

SwarmDesired departing(std::optional<Settings> settings, Asked asked) {
    SwarmDesired desired;
    if (settings && settings->swarm) {
        desired.settings = std::move(*settings->swarm);
        desired.access = std::move(settings->swarm_access);
    }
    desired.departure.reason =
        asked == Asked::by_settings ? "dockerextd is uninstalled" : "somebody asks for it";
    return desired;
}

}  // namespace

Result<Removal> leave_swarm(const fs::path& root, const std::string& docker_host, Asked asked) {
    const state::Paths paths(root);
    const state::SwarmRecordStore store(paths.swarm_record);
    auto settings = settings_in_force(paths);
    const auto stays = reason_to_stay(settings, store, asked);
    if (!stays) return stays.error();
    if (!stays->empty()) return Removal{{}, *stays};
    auto socket = engine::parse_docker_host(docker_host);
    if (!socket) return socket.error();
    const auto lock = state::lock_folder(paths.state);
    if (!lock) return lock.error();
    auto journal = state::Journal::open(paths.state);
    if (!journal) return journal.error();

    asio::io_context io(1);
    SwarmDesired desired = departing(std::move(settings), asked);
    return run_alone(io, leave_at(std::move(*socket), std::move(desired), asked, *journal, store,
                                  secrets_in_force(paths)));
}

}  // namespace dockerext::reconcile
