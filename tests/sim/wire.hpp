#pragma once

#include "docker/engine.hpp"
#include "stream.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace dockerext::sim {

/// The way between the daemon and the engine: calls overtake each other, and go wrong. It outlives the
/// daemon: what was asked for happens whether anybody waits for the answer or not. There is one at a time.
class Wire {
public:
    /// One call in so many goes wrong; 0 is never.
    struct Odds {
        unsigned refused = 0;   ///< 500 or 503, without effect
        unsigned lost = 0;      ///< the effect without the answer
        unsigned closed = 0;    ///< neither; the connection is closed
        unsigned no_event = 0;  ///< an event is not told
        unsigned twice = 0;     ///< an event is told twice
    };

    /// A process that is dead does not know it, and is not heard.
    Wire(Engine& engine, std::function<bool()> dead);
    Wire(Wire&&) = delete;
    ~Wire() { current_ = nullptr; }
    static Wire& current() { return *current_; }

    /// With a stream for the answer's body, where the caller takes it in pieces.
    void send(HttpRequest request, std::weak_ptr<Call> call, std::weak_ptr<Stream> stream);

    /// Until then no call is answered.
    void hang_until(SteadyTime end) { hung_until_ = end; }
    /// Until then calls about this object (a part of the target) are answered with 500, or not at all.
    void sicken(std::string part, SteadyTime until, bool silent) { sick_[std::move(part)] = {until, silent}; }
    void cut_streams() { engine_.cut_streams(); }
    /// All is well from now on.
    void heal();

    Odds odds;
    Duration latency = std::chrono::milliseconds(5);  ///< the longest, of a request as of an answer
    std::uint64_t calls = 0, faults = 0, digest = 14695981039346656037U;
    std::string root = "/";  ///< differs from run to run; no part of the digest
    std::function<void(const std::string&)> trace;

private:
    struct Sick {
        SteadyTime until;
        bool silent;
    };
    bool happens(unsigned one_in);
    void arrive(const HttpRequest& request, const std::weak_ptr<Call>& call,
                const std::weak_ptr<Stream>& stream);
    const Sick* sick(const std::string& target);
    void count(const HttpRequest& request);

    static inline Wire* current_ = nullptr;
    Engine& engine_;
    std::function<bool()> dead_;
    SteadyTime hung_until_{};
    std::map<std::string, Sick> sick_;
};

}  // namespace dockerext::sim
