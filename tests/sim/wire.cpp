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

Wire::Wire(Engine& engine, std::function<bool()> dead) : engine_(engine), dead_(std::move(dead)) {
    current_ = this;
    engine_.events.spoils = [this] { return happens(odds.no_event); };
    engine_.events.doubles = [this] { return happens(odds.twice); };
}

bool Wire::happens(unsigned one_in) {
    const bool so = Schedule::current().random.one_in(one_in);
    faults += so ? 1 : 0;
    return so;
}

void Wire::count(const HttpRequest& request) {
    ++calls;
    std::string text = std::to_string(steady_now().time_since_epoch().count()) + request.method +
                       request.target + request.body;
    for (std::size_t at = 0; (at = text.find(root, at)) != std::string::npos;) text.erase(at, root.size());
    for (const char c : text) digest = (digest ^ static_cast<unsigned char>(c)) * prime;
}

const Wire::Sick* Wire::sick(const std::string& target) {
    for (const auto& [part, sickness] : sick_) {
        if (steady_now() < sickness.until && target.find(part) != std::string::npos) return &sickness;
    }
    return nullptr;
}

void Wire::heal() {
    odds = {};
    hung_until_ = {};
    sick_.clear();
}

void Wire::send(HttpRequest request, std::weak_ptr<Call> call, std::weak_ptr<Stream> stream) {
    if (dead_()) return;
    count(request);
    Schedule& schedule = Schedule::current();
    const SteadyTime arrival = std::max(hung_until_, schedule.now()) + schedule.random.up_to(latency);
    schedule.at(arrival, [this, request = std::move(request), call = std::move(call),
                          stream = std::move(stream)] { arrive(request, call, stream); });
}

/// The request takes effect now; the answer arrives later.
void Wire::arrive(const HttpRequest& request, const std::weak_ptr<Call>& call,
                  const std::weak_ptr<Stream>& stream) {
    Schedule& schedule = Schedule::current();
    if (!engine_.up() || happens(odds.closed)) return answer(call, closed());
    if (const Sick* const found = sick(request.target)) {
        ++faults;
        if (!found->silent) answer(call, HttpResponse{500, R"({"message":"internal error"})"});
        return;
    }
    if (happens(odds.refused))
        return answer(call,
                      HttpResponse{schedule.random.one_in(2) ? 500U : 503U, R"({"message":"not now"})"});
    const bool loses = happens(odds.lost);
    const auto told = [this, &schedule, call, loses, what = request.method + " " + request.target,
                       epoch = engine_.epoch()](HttpResponse response) {
        if (trace) trace(what + " -> " + std::to_string(response.status) + (loses ? " (lost)" : ""));
        if (loses || epoch != engine_.epoch()) return answer(call, closed());
        schedule.after(schedule.random.up_to(latency),
                       [call, response = std::move(response)] { answer(call, response); });
    };
    engine_.perform(request, Engine::Caller::daemon, told, stream);
}

}  // namespace dockerext::sim
