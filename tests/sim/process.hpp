#pragma once

#include "disk.hpp"
#include "model/desired.hpp"

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace dockerext::sim {

/// The daemon's process. Only this file of the simulator knows how to start the daemon, where it keeps its
/// state, and how to send it requests.
class Process {
public:
    Process(std::filesystem::path root, Disk& disk);
    Process(Process&&) = delete;
    ~Process() { kill(); }

    void start();
    /// Kills it as SIGKILL does, at any point. The caller handles the effect on the disk.
    void kill();
    /// Sends SIGTERM, if the daemon already handles it.
    void terminate();
    bool running() const { return io_.has_value(); }

    /// Runs its event loop until nothing is left to do at this moment.
    void work();
    /// Kills it after `more` further steps of its event loop; 0 means never.
    void die_after(std::uint64_t more) { left_ = more; }
    /// Whether it has ended since `start`: killed by `die_after` or at a sync, by SIGTERM, or by itself.
    bool gone() const { return gone_; }
    /// Why it ended by itself; "" if it did not.
    const std::string& failure() const { return failure_; }

    using Heard = std::function<void(unsigned status, const std::string& body)>;
    /// Sends a request to the control socket; `heard` gets the answer. False if the daemon does not listen.
    bool ask(const std::string& method, const std::string& target, const std::string& body, Heard heard);
    /// Submits new settings, as `dockerextd apply` does.
    void deliver(const std::string& settings, std::int64_t sequence);

    /// The project in settings, as the daemon itself reads them; nullopt if it would reject them.
    std::optional<model::Project> understood(const std::string& settings) const;

    /// The folder of the daemon's state below `root`.
    static std::filesystem::path state_folder(const std::filesystem::path& root);

    std::uint64_t steps = 0;

private:
    std::filesystem::path root_;
    Disk& disk_;
    std::optional<boost::asio::io_context> io_;
    std::uint64_t left_ = 0;
    bool gone_ = false, told_to_end_ = false;
    std::string failure_;
};

}  // namespace dockerext::sim
