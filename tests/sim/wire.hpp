#pragma once

#include "docker/engine.hpp"
#include "stream.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace dockerext::sim {

/// The connection between the daemon and the engine: calls overtake each other, and some fail. It outlives
/// the daemon: a request takes effect even if nobody waits for its answer.
class Wire {
public:
    /// How often calls and events go wrong: one in N; 0 means never.
    struct Odds {
        unsigned refused = 0;   ///< answer 500 or 503, no effect
        unsigned lost = 0;      ///< effect, but no answer
        unsigned closed = 0;    ///< connection closed, no effect
        unsigned no_event = 0;  ///< an event is lost
        unsigned twice = 0;     ///< an event is sent twice
    };

    /// `dead`: whether the process counts as killed. It still runs then, but its requests are dropped.
    Wire(Engine& engine, std::function<bool()> dead, std::filesystem::path socket = "/run/docker.sock");
    Wire(Wire&&) = delete;
    ~Wire() { by_socket.erase(socket_); }
    /// The one that leads to the engine's socket.
    static Wire& at(const std::filesystem::path& socket) { return *by_socket.at(socket); }

    /// Sends a request. If the caller reads the answer's body in pieces, they go to `stream`.
    void send(HttpRequest request, std::weak_ptr<Call> call, std::weak_ptr<Stream> stream);

    /// Answers no call until `end`.
    void hang_until(SteadyTime end) { hangs_until_ = end; }
    /// Until then, calls whose target contains `part` are answered with 500 or, if `silent`, not at all.
    void fail_object(std::string part, SteadyTime until, bool silent) {
        object_failures_[std::move(part)] = {until, silent};
    }
    void cut_streams() { engine_.cut_streams(); }
    /// Ends all faults.
    void end_faults();

    Odds odds;
    Duration latency = std::chrono::milliseconds(5);  ///< maximum, for requests and answers each
    std::uint64_t calls = 0, faults = 0, digest = 14695981039346656037U;
    std::string root = "/";  ///< differs between runs, so the digest leaves it out
    std::function<void(const std::string&)> trace;
    /// Answers calls that another model than that of the engine knows. Returns whether this is one.
    std::function<bool(const HttpRequest&, const Engine::Reply&)> answers_instead;

private:
    struct ObjectFailure {
        SteadyTime until;
        bool silent;
    };
    bool occurs(unsigned one_in);
    void arrive(const HttpRequest& request, const std::weak_ptr<Call>& call,
                const std::weak_ptr<Stream>& stream);
    const ObjectFailure* find_object_failure(const std::string& target);
    void count(const HttpRequest& request);

    static inline std::map<std::filesystem::path, Wire*> by_socket;
    std::filesystem::path socket_;
    Engine& engine_;
    std::function<bool()> dead_;
    SteadyTime hangs_until_{};
    std::map<std::string, ObjectFailure> object_failures_;
};

}  // namespace dockerext::sim
