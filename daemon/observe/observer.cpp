#include "observe/observer.hpp"

#include "base/task_group.hpp"
#include "base/timeout.hpp"
#include "engine/system.hpp"
#include "observe/container_look.hpp"

#include <boost/asio/this_coro.hpp>

#include <utility>

namespace dockerext::observe {
namespace {

using namespace std::chrono_literals;
constexpr Duration longest_ping = 5s;

/// If the engine is gone or hangs as a whole, errors say nothing about single objects.
Task<Result<>> verify_engine_answers(Look& look) {
    if (!look.first_transient_error) co_return Result<>();
    auto pinging = engine::ping(look.client);
    const auto answer = co_await with_timeout(longest_ping, "ping the engine", std::move(pinging));
    if (!answer && is_transient(answer.error().kind())) co_return *look.first_transient_error;
    if (!answer && answer.error().kind() == ErrorKind::cancelled) co_return answer.error();
    co_return Result<>();
}

}  // namespace

void Observer::track(const model::Project& project) {
    Tracked before = std::exchange(known_.tracked, tracked_by(project));
    known_.tracked.all_images = before.all_images;
    const bool other_project = known_.tracked.project != before.project;
    if (other_project || known_.tracked.names != before.names) marks_.containers = true;
    if (other_project || known_.tracked.networks != before.networks) marks_.networks = true;
    if (known_.tracked.volumes != before.volumes) marks_.volumes = true;
    if (known_.tracked.images != before.images) marks_.images = true;
}

void Observer::track_volumes_of(const model::ProjectName& project) {
    track({.name = project});
    known_.tracked.all_volumes = true;
    marks_.volumes = true;
}

void Observer::forget() {
    known_.observed = {};
    known_.unknown.clear();
    known_.network_users.clear();
    known_.tracked = {};
    marks_ = {};
}

Task<Result<>> Observer::refresh() {
    const Marks taken = marks_;
    const auto done = co_await refresh_marked();
    if (done) {
        known_.complete_snapshot();
        co_return Result<>();
    }
    marks_.add(taken);
    // When an engine answers again after an outage, it may be another one.
    if (is_transient(done.error().kind())) marks_.engine = true;
    co_return done.error().within("observe");
}

/// Reads the engine's facts first: its version decides how to read the rest.
Task<Result<>> Observer::refresh_marked() {
    Look look{client_, known_, marks_};
    if (std::exchange(marks_.engine, false)) {
        const auto outcome = co_await refresh_engine(look);
        if (!outcome) co_return outcome.error();
    }
    TaskGroup kinds(co_await asio::this_coro::executor);
    if (std::exchange(marks_.networks, false)) kinds.spawn(refresh_networks(look));
    if (std::exchange(marks_.volumes, false)) kinds.spawn(refresh_volumes(look));
    if (std::exchange(marks_.images, false)) kinds.spawn(refresh_images(look));
    if (marks_.containers || !marks_.container_ids.empty()) kinds.spawn(refresh_containers(look));
    co_await kinds.join();
    const bool users = std::exchange(marks_.network_users, false);
    if (users) {
        co_await refresh_network_users(look);
    }
    if (known_.foreign_owners() != known_.owners) marks_.owners = true;
    const bool owners = std::exchange(marks_.owners, false);
    if (owners) {
        co_await refresh_owners(look);
    }
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return Error(ErrorKind::cancelled, "cancelled");
    co_return co_await verify_engine_answers(look);
}

}  // namespace dockerext::observe
