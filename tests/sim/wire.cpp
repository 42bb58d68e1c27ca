#include "wire.hpp"

#include "schedule.hpp"

namespace dockerext::sim {
namespace {

constexpr std::uint64_t prime = 1099511628211U;  // FNV-1a

Error closed() { return {ErrorKind::unavailable, "the connection was closed"}; }

void answer(const std::weak_ptr<Call>& call, Result<HttpResponse> with) {
    if (const auto waiting = call.lock()) waiting->answer(std::move(with));
}

}  // namespace

Wire::Wire(Engine& engine, std::function<bool()> dead, std::filesystem::path socket)
    : socket_(std::move(socket)), engine_(engine), dead_(std::move(dead)) {
    by_socket[socket_] = this;
    engine_.events.drops_event = [this] { return occurs(odds.no_event); };
    engine_.events.duplicates_event = [this] { return occurs(odds.twice); };
}

bool Wire::occurs(unsigned one_in) {
    const bool occurred = Schedule::current().random.one_in(one_in);
    faults += occurred ? 1 : 0;
    return occurred;
}

void Wire::count(const HttpRequest& request) {
    ++calls;
    std::string text = std::to_string(steady_now().time_since_epoch().count()) + request.method +
                       request.target + request.body;
    for (std::size_t at = 0; (at = text.find(root, at)) != std::string::npos;) text.erase(at, root.size());
    for (const char c : text) digest = (digest ^ static_cast<unsigned char>(c)) * prime;
}

const Wire::ObjectFailure* Wire::find_object_failure(const std::string& target) {
    for (const auto& [part, failure_of_object] : object_failures_) {
        if (steady_now() < failure_of_object.until && target.find(part) != std::string::npos)
            return &failure_of_object;
    }
    return nullptr;
}

void Wire::end_faults() {
    odds = {};
    hangs_until_ = {};
    object_failures_.clear();
}

void Wire::send(HttpRequest request, std::weak_ptr<Call> call, std::weak_ptr<Stream> stream) {
    if (dead_()) return;
    count(request);
    Schedule& schedule = Schedule::current();
    const SteadyTime arrival = std::max(hangs_until_, schedule.now()) + schedule.random.up_to(latency);
    schedule.at(arrival, [this, request = std::move(request), call = std::move(call),
                          stream = std::move(stream)] { arrive(request, call, stream); });
}

/// The request takes effect now; the answer arrives later.
void Wire::arrive(const HttpRequest& request, const std::weak_ptr<Call>& call,
                  const std::weak_ptr<Stream>& stream) {
    Schedule& schedule = Schedule::current();
    if (!engine_.up() || occurs(odds.closed)) return answer(call, closed());
    if (const ObjectFailure* const found = find_object_failure(request.target)) {
        ++faults;
        if (!found->silent) answer(call, HttpResponse{500, R"({"message":"internal error"})"});
        return;
    }
    if (occurs(odds.refused))
        return answer(call,
                      HttpResponse{schedule.random.one_in(2) ? 500U : 503U, R"({"message":"not now"})"});
    const bool loses = occurs(odds.lost);
    const auto reply = [this, &schedule, call, loses, what = request.method + " " + request.target,
                        epoch = engine_.epoch()](HttpResponse response) {
        if (trace) trace(what + " -> " + std::to_string(response.status) + (loses ? " (lost)" : ""));
        if (loses || epoch != engine_.epoch()) return answer(call, closed());
        schedule.after(schedule.random.up_to(latency),
                       [call, response = std::move(response)] { answer(call, response); });
    };
    if (!answers_instead || !answers_instead(request, reply))
        engine_.perform(request, Engine::Caller::daemon, reply, stream);
}

}  // namespace dockerext::sim
