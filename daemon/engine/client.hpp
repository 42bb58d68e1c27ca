#pragma once

#include "base/clock.hpp"
#include "base/http_client.hpp"
#include "base/redactor.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace dockerext::engine {

/// The kind of a call. It decides what a long wait means: if a quick call waits, the engine hangs.
enum class CallClass { quick, inspect, change, stream };

/// How long a call may take; for a stream, how long each wait for a further piece may take.
struct Limit {
    CallClass call;
    Duration time;
};

namespace limits {
using namespace std::chrono_literals;
inline constexpr Limit query{CallClass::quick, 30s};       ///< ping, rename, update, and other quick calls
inline constexpr Limit inspect{CallClass::inspect, 10s};   ///< inspect, list: can be repeated later
inline constexpr Limit registry{CallClass::change, 1min};  ///< the engine asks over the network
inline constexpr Limit create{CallClass::change, 4min};
inline constexpr Limit start{CallClass::change, 3min};
inline constexpr Limit remove{CallClass::change, 2min};  ///< of a container, including the initial kill
inline constexpr Limit pull_inactivity{CallClass::stream, 1min};
inline constexpr Limit build_inactivity{CallClass::stream, 30min};  ///< a build step may be silent for long
/// Without a leader, a manager answers after 20 s; an election takes up to 35 s. Neither class shows a hang.
inline constexpr Limit swarm_query{CallClass::inspect, 45s};
inline constexpr Limit swarm_change{CallClass::change, 90s};
/// For a container that has `grace` to end by itself.
constexpr Limit stop(Duration grace) { return {CallClass::change, grace + 2min}; }
inline constexpr Duration hook = 15min;  ///< a command in a container, to its end
inline constexpr Duration logs = 1min;   ///< for a container's logs, however fast it writes
}  // namespace limits

/// An API version: "1.41" is {1, 41}.
struct ApiVersion {
    int major = 1;
    int minor = 40;
    auto operator<=>(const ApiVersion&) const = default;
};
std::string to_string(ApiVersion version);

/// The answer to GET /version.
struct EngineVersion {
    std::string version;  ///< "20.10.24"
    ApiVersion api;       ///< the one to use: min(engine's newest, ours), never below 1.40
};

/// A Docker Engine behind a unix socket. Keeps connections alive, negotiates the API version once per
/// connection epoch, and counts every call. Not thread-safe; lives on the daemon's thread. Must outlive its
/// calls.
class Client {
public:
    /// `docker_host`: "unix:///run/docker.sock". Anything else is refused by `parse_docker_host`.
    Client(const asio::any_io_executor& executor, std::filesystem::path socket);

    /// Asks the engine for its version and uses that from then on. Fails with `unavailable`, `timeout`, or
    /// `invalid_input` for an engine older than API 1.40.
    Task<Result<EngineVersion>> negotiate();

    /// One call under the negotiated version: `target` is "/containers/json?all=1". A status outside 2xx,
    /// other than `also_accepted`, is an error: 404 not_found, 409 conflict, 429 and 5xx unavailable, other
    /// 4xx invalid_input, with the engine's own message, redacted.
    Task<Result<HttpResponse>> call(HttpRequest request, Limit limit, unsigned also_accepted = 0);

    /// The same for an answer of unlimited length; `limit` applies to every wait for a further piece.
    Task<Result<HttpStream>> open(HttpRequest request, Limit limit);

    /// Sets the redactor for the engine's texts for people: refusals, the output of a pull or a build, logs.
    /// The engine's data about its objects are not redacted.
    void set_redactor(Redactor redact);
    /// Sets a second redactor, until the next such call: for secrets that change while the settings stay,
    /// such as a registry's tokens.
    void set_token_redactor(Redactor redact);
    const Redactor& redact() const noexcept { return redact_; }

    ApiVersion api() const noexcept { return api_; }
    std::uint64_t calls() const noexcept { return calls_; }
    /// `measured` is called whenever a call has been answered, or has failed, with its name (call_name.hpp)
    /// and how long that took; of a stream, until its answer began.
    void set_call_listener(std::function<void(std::string_view, Duration)> measured) {
        measured_ = std::move(measured);
    }

    /// How long the oldest call under way has been waiting, and the oldest quick one; zero if there is none.
    /// This reveals a hung engine within seconds, long before the call's own limit.
    Duration longest_wait() const { return oldest_age(pending_calls_->all); }
    Duration longest_quick_wait() const { return oldest_age(pending_calls_->quick); }

private:
    class PendingCall;
    using StartTimes = std::multiset<SteadyTime>;
    struct PendingCalls {
        StartTimes all, quick;
    };
    static Duration oldest_age(const StartTimes& start_times);

    void measured(std::string_view call, SteadyTime began) const;
    /// Sends the call as given, under its `name`, counts it and enforces its limit; any answer is a success.
    Task<Result<HttpResponse>> send(std::string_view name, HttpRequest request, Limit limit);
    HttpRequest versioned(HttpRequest request) const;

    HttpClient http_;
    ApiVersion api_;
    Redactor redact_;  ///< combines the next two
    Redactor settings_redactor_, token_redactor_;
    std::uint64_t calls_ = 0;
    std::function<void(std::string_view, Duration)> measured_;
    /// Shared: at the end of the program a call may be destroyed after its client.
    std::shared_ptr<PendingCalls> pending_calls_ = std::make_shared<PendingCalls>();
};

/// "unix:///path" or a bare absolute path; `invalid_input` for anything else.
Result<std::filesystem::path> parse_docker_host(std::string_view docker_host);

}  // namespace dockerext::engine
