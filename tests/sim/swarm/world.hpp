#pragma once

#include "disk.hpp"
#include "docker/engine.hpp"
#include "options.hpp"
#include "process.hpp"
#include "random.hpp"
#include "schedule.hpp"
#include "swarm/swarms.hpp"
#include "wire.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace dockerext::sim {

/// Several machines, each with an engine and a daemon, that become one swarm from one document and stay it:
/// storms of faults, and after each a calm in which all of them must be what the settings ask for.
class SwarmWorld {
public:
    SwarmWorld(const Options& options, const std::filesystem::path& root);

    /// Runs until a promise is broken, or for `Options::length`.
    void run();

    std::string broken;
    std::uint64_t kills = 0;
    std::vector<std::string> fault_log;
    Duration lasted() const { return schedule_.now() - begun_; }
    std::uint64_t faults() const;
    std::uint64_t calls() const;
    std::uint64_t digest() const;

private:
    struct Node {
        Node(const std::filesystem::path& its_root, const std::string& its_address, Disk& disk);

        std::filesystem::path root;
        std::string address;
        Engine engine{"20.10.24"};
        Wire wire;
        Process process;
        bool is_off = false;
        bool remembers = false;  ///< its settings have had tokens since it was set up
        std::int64_t sequence = 0;
        std::string state;  ///< of its newest status
        std::string complaints;
        std::uint64_t calls_a_minute_ago = 0;
    };
    struct Fault {
        const char* name;
        void (SwarmWorld::*happen)(std::size_t number, Random& own);
    };
    static const std::vector<Fault> possible_faults;

    void found();
    void storm();
    void calm();
    void check_members();
    void observe_idle();

    void run_until(SteadyTime end);
    void run_for(Duration duration) { run_until(schedule_.now() + duration); }
    void work(Node& node);
    void enter(const Node& node);
    void start_daemon(Node& node);
    void read_status();
    void help_as_told();
    void watch_rate();
    bool is_as_wanted();

    enum class Tokens { absent, given };
    std::size_t managers_wanted() const { return has_fewer_managers_ ? managers_ - 2 : managers_; }
    std::string document() const;
    void deploy(Node& node, Tokens tokens);
    void deploy_soon(Tokens tokens, Duration within, Random& chance);

    // Faults.
    void kill_daemon(std::size_t number, Random& own);
    void restart_engine(std::size_t number, Random& own);
    void cut_off(std::size_t number, Random& own);
    void lose_power(std::size_t number, Random& own);
    bool can_start_anew(std::size_t number) const;
    void set_up_anew(std::size_t number, Random& own);
    void lose_engine_data(std::size_t number, Random& own);
    void deploy_older_settings(std::size_t number, Random& own);
    void change_settings(std::size_t number, Random& own);
    void change_by_hand(std::size_t number, Random& own);
    void disturb_calls(std::size_t number, Random& own);
    void heal();

    void trace(const std::string& what) const;

    Options options_;
    Schedule schedule_;
    Disk disk_;
    Random random_;
    std::size_t managers_;
    Swarms swarms_;
    std::vector<std::unique_ptr<Node>> nodes_;
    bool has_fewer_managers_ = false;
    std::string zone_ = "1";
    std::uint64_t next_fault_ = 1, next_storm_ = 1;
    SteadyTime begun_;
};

}  // namespace dockerext::sim
