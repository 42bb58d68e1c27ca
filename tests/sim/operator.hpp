#pragma once

#include "document.hpp"
#include "machine.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace dockerext::sim {

/// The people who submit settings and send requests to the control socket.
class Operator {
public:
    explicit Operator(Machine& machine) : machine_(machine) {}

    void apply(const Document& document);
    /// Submits the latest settings again.
    void apply_again() {
        if (desired_) apply(*desired_);
    }
    void pause(std::optional<unsigned> seconds);
    void resume();
    void retry();
    void down(bool volumes);

    /// The latest settings; nullopt after `down`.
    const std::optional<Document>& desired() const { return desired_; }
    SteadyTime applied_at() const { return applied_at_; }
    /// The projects that may exist: former ones, and those in settings that the daemon has not read yet.
    const std::set<std::string>& projects() const { return projects_; }
    bool has_asked_to_remove_volumes() const { return removes_volumes_; }
    bool has_paused() const { return paused_; }

private:
    void ask(const std::string& method, const std::string& target, const std::string& body);

    Machine& machine_;
    std::optional<Document> desired_;
    SteadyTime applied_at_{};
    std::set<std::string> projects_;
    std::int64_t sequence_ = 0;
    bool removes_volumes_ = false, paused_ = false;
};

}  // namespace dockerext::sim
