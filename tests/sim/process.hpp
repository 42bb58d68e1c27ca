#pragma once

#include "disk.hpp"
#include "model/desired.hpp"

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>

namespace dockerext::sim {

/// The daemon's process. Only this file of the simulator knows how to start the daemon, where it keeps its
/// state, and how to send it requests.
class Process {
public:
    Process(std::filesystem::path root, Disk& disk, std::string docker_host = "unix:///run/docker.sock");
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
    void kill_after_steps(std::uint64_t more) { steps_until_kill_ = more; }
    /// Whether it has ended since `start`: killed by `kill_after_steps` or at a sync, by SIGTERM, or by
    /// itself.
    bool has_ended() const { return has_ended_; }
    /// Why it ended by itself; "" if it did not.
    const std::string& failure() const { return failure_; }

    using OnAnswer = std::function<void(unsigned status, const std::string& body)>;
    /// Sends a request to the control socket; `on_answer` gets the answer. False if the daemon does not
    /// listen.
    bool ask(const std::string& method, const std::string& target, const std::string& body,
             OnAnswer on_answer);
    /// Submits new settings, as `dockerextd apply` does.
    void spool_document(const std::string& settings, std::int64_t sequence,
                        const std::string& protected_settings = "{}");

    /// The project in settings, as the daemon itself reads them; nullopt if it would reject them.
    std::optional<model::Project> parse_project(const std::string& settings) const;

    /// The ids of the images that the daemon keeps for its good settings.
    std::set<std::string> good_images() const;
    /// Whether former settings are in force instead of the newest, as the disk has it.
    bool is_rolled_back() const;

    /// The folder of the daemon's state below `root`.
    static std::filesystem::path state_folder(const std::filesystem::path& root);

    std::uint64_t steps = 0;

private:
    std::filesystem::path root_;
    Disk& disk_;
    std::string docker_host_;
    std::optional<boost::asio::io_context> io_;
    std::uint64_t steps_until_kill_ = 0;
    bool has_ended_ = false, is_terminating_ = false;
    std::string failure_;
};

}  // namespace dockerext::sim
