#pragma once

#include "disk.hpp"
#include "model/desired.hpp"

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace dockerext::sim {

/// The daemon's process. The only file of the simulator that knows how the daemon is made, what of its
/// folders is its own, and how it is asked.
class Process {
public:
    Process(std::filesystem::path root, Disk& disk);
    Process(Process&&) = delete;
    ~Process() { kill(); }

    void start();
    /// kill -9 wherever it is. What it does to the disk is the caller's business.
    void kill();
    /// SIGTERM, if it can hear it already.
    void terminate();
    bool running() const { return io_.has_value(); }

    /// Does all that can be done at this moment.
    void work();
    /// It is killed after so many more steps of its event loop; 0 is never.
    void die_after(std::uint64_t more) { left_ = more; }
    /// Whether it is gone since `start`: killed by `die_after` or at a sync, ended on SIGTERM, or by itself.
    bool gone() const { return gone_; }
    /// Why it has ended by itself; "" when it has not.
    const std::string& failure() const { return failure_; }

    using Heard = std::function<void(unsigned status, const std::string& body)>;
    /// A request on the control socket, answered when there is an answer; false when nobody listens there.
    bool ask(const std::string& method, const std::string& target, const std::string& body, Heard heard);
    /// Leaves new settings, as `dockerextd apply` does.
    void deliver(const std::string& settings, std::int64_t sequence);

    /// What settings ask for, as the daemon itself understands them; none when it would reject them.
    std::optional<model::Project> understood(const std::string& settings) const;

    /// The folder of the daemon's state below a root.
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
