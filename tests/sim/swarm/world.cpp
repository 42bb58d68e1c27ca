#include "swarm/world.hpp"

#include "docker/json.hpp"
#include "here.hpp"
#include "swarm/answers.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::sim {
namespace {

using namespace std::chrono_literals;

constexpr Duration daemon_restart = 5s;  ///< of a daemon by its service manager
constexpr Duration longest_restart_of_engine = 40s;
constexpr Duration outage_limit = 5min;
constexpr Duration time_to_form = 90min;  ///< forget-after, twice, for a manager that was set up anew twice
constexpr Duration between_looks = 20s;

std::string address_number(std::size_t number) { return "10.0.0." + std::to_string(number + 4); }

}  // namespace

SwarmWorld::Node::Node(const std::filesystem::path& its_root, const std::string& its_address, Disk& disk)
    : root(its_root),
      address(its_address),
      wire(
          engine, [&disk] { return disk.dead(); }, "/run/" + its_address + ".sock"),
      process(root, disk, "unix:///run/" + its_address + ".sock") {
    wire.root = root.native();
}

SwarmWorld::SwarmWorld(const Options& options, const std::filesystem::path& root)
    : options_(options),
      schedule_(options.seed),
      disk_(root),
      random_(options.seed ^ 0x50a3U),
      managers_(1 + random_.below(5)),
      swarms_([this](std::size_t machine) {
          if (nodes_[machine]->engine.up())
              nodes_[machine]->engine.events.emit("node", "update", "node",
                                                  {{"name", address_number(machine)}});
      }),
      begun_(schedule_.now()) {
    const std::size_t machines = managers_ + random_.below(4);
    for (std::size_t number = 0; number < machines; ++number) {
        const std::string address = address_number(number);
        swarms_.machines.push_back({.address = address});
        nodes_.push_back(std::make_unique<Node>(root / address, address, disk_));
        Node& node = *nodes_.back();
        node.wire.answers_instead = [this, number](const HttpRequest& request, const Engine::Reply& reply) {
            return answer_about_swarm(swarms_, number, request, reply);
        };
        if (options_.trace)
            node.wire.trace = [this, address](const std::string& what) { trace(address + ": " + what); };
    }
    for (const auto& node : nodes_) start_daemon(*node);
    watch_rate();
}

std::uint64_t SwarmWorld::faults() const {
    std::uint64_t all = fault_log.size();
    for (const auto& node : nodes_) all += node->wire.faults;
    return all;
}

std::uint64_t SwarmWorld::calls() const {
    std::uint64_t all = 0;
    for (const auto& node : nodes_) all += node->wire.calls;
    return all;
}

std::uint64_t SwarmWorld::digest() const {
    std::uint64_t all = 0;
    for (const auto& node : nodes_) all = all * 31 + node->wire.digest;
    return all;
}

void SwarmWorld::trace(const std::string& what) const {
    if (options_.trace) options_.trace(what);
}

void SwarmWorld::run() {
    found();
    if (!broken.empty()) return;
    deploy_soon(Tokens::given, 2min, random_);
    calm();
    while (lasted() < options_.length && broken.empty()) {
        storm();
        calm();
    }
}

/// From now on, this machine's daemon runs.
void SwarmWorld::enter(const Node& node) {
    Here::address = node.address;
    const auto self = static_cast<std::size_t>(
        std::find_if(nodes_.begin(), nodes_.end(), [&](const auto& each) { return each.get() == &node; }) -
        nodes_.begin());
    Here::accepts = [this, self](const TcpAddress& asked) {
        return !swarms_.machines[self].is_cut &&
               std::any_of(
                   swarms_.machines.begin(), swarms_.machines.end(), [&](const Swarms::Machine& machine) {
                       const auto number = static_cast<std::size_t>(&machine - swarms_.machines.data());
                       return machine.address == asked.host && machine.is_up && !machine.is_cut &&
                              swarms_.is_manager(number);
                   });
    };
}

void SwarmWorld::work(Node& node) {
    enter(node);
    node.process.work();
    if (!node.process.has_ended()) return;
    broken = node.address + ": " + node.process.failure();
    node.process.kill();
}

void SwarmWorld::run_until(SteadyTime end) {
    for (bool more = true; more && broken.empty();) {
        for (const auto& node : nodes_) work(*node);
        more = schedule_.advance(end);
        if (broken.empty()) broken = swarms_.broken;
        for (const auto& node : nodes_) {
            if (broken.empty()) broken = node->engine.broken;
        }
    }
}

/// Also in a storm.
void SwarmWorld::watch_rate() {
    constexpr std::uint64_t most = 1200;
    for (const auto& node : nodes_) {
        const std::uint64_t made =
            node->wire.calls - std::exchange(node->calls_a_minute_ago, node->wire.calls);
        if (made > most && broken.empty())
            broken = node->address + ": " + std::to_string(made) + " calls in a minute";
    }
    schedule_.after(1min, [this] { watch_rate(); });
}

void SwarmWorld::start_daemon(Node& node) {
    if (node.process.running() || node.is_off) return;
    enter(node);
    node.process.start();
}

/// One document for all. It gives no role.
std::string SwarmWorld::document() const {
    std::string list;
    for (std::size_t number = 0; number < managers_wanted(); ++number)
        list += (list.empty() ? "\"" : ",\"") + address_number(number) + "\"";
    return "{\"swarm\":{\"managers\":[" + list + R"(],"forget-after":"10m","labels":{"zone":")" + zone_ +
           "\"}}}";
}

void SwarmWorld::deploy(Node& node, Tokens tokens) {
    if (node.is_off) return;
    std::string access = "{}";
    if (tokens == Tokens::given) {
        const Swarms::Cluster& cluster = swarms_.clusters.front();
        access = "{\"swarm\":{\"worker-token\":\"" + Swarms::token(cluster, "worker") +
                 "\",\"manager-token\":\"" + Swarms::token(cluster, "manager") + "\"}}";
        node.remembers = true;
    }
    node.process.spool_document(document(), ++node.sequence, access);
}

void SwarmWorld::deploy_soon(Tokens tokens, Duration within, Random& chance) {
    for (const auto& node : nodes_)
        schedule_.after(chance.up_to(within), [this, &node = *node, tokens] { deploy(node, tokens); });
}

/// All get the document at once, and daemons are killed meanwhile.
void SwarmWorld::found() {
    deploy_soon(Tokens::absent, 10s, random_);
    for (std::uint64_t kills_left = random_.below(5); kills_left > 0; --kills_left) {
        const Duration delay = random_.up_to(20s);
        const std::size_t node = random_.below(nodes_.size());
        schedule_.after(delay, [this, node] { kill_daemon(node, random_); });
    }
    run_for(5min);
    if (!broken.empty()) return;
    for (std::size_t number = 0; number < nodes_.size(); ++number) {
        const bool is_member = swarms_.machines[number].state == "active";
        if (is_member != (number == 0))
            broken = address_number(number) + (is_member ? " is" : " is not") + " in a swarm";
    }
}

const std::vector<SwarmWorld::Fault> SwarmWorld::possible_faults{
    {"the daemon is killed", &SwarmWorld::kill_daemon},
    {"the engine restarts", &SwarmWorld::restart_engine},
    {"cut off", &SwarmWorld::cut_off},
    {"loses power", &SwarmWorld::lose_power},
    {"set up anew", &SwarmWorld::set_up_anew},
    {"its engine loses its data", &SwarmWorld::lose_engine_data},
    {"gets settings without tokens", &SwarmWorld::deploy_older_settings},
    {"new settings for all", &SwarmWorld::change_settings},
    {"changed by hand", &SwarmWorld::change_by_hand},
    {"its calls are disturbed", &SwarmWorld::disturb_calls},
};

void SwarmWorld::storm() {
    trace("-- storm");
    Random choice(options_.seed * 1000 + next_storm_++);
    const Duration length = choice.between(2min, 30min);
    for (std::uint64_t count = 5 + choice.below(40); count > 0; --count) {
        const std::uint64_t number = next_fault_++;
        const Fault& fault = choice.pick(possible_faults);
        const std::size_t node = choice.below(nodes_.size());
        const Duration delay = choice.up_to(length);
        if (options_.left_out.contains(number)) continue;
        schedule_.after(delay, [this, number, &fault, node] {
            fault_log.push_back("#" + std::to_string(number) + " " + address_number(node) + " " + fault.name);
            trace(fault_log.back());
            Random own(options_.seed ^ (number * 0x9e3779b97f4a7c15U));  // those left out change no other
            (this->*fault.happen)(node, own);
        });
    }
    run_for(length);
}

void SwarmWorld::kill_daemon(std::size_t number, Random& own) {
    Node& node = *nodes_[number];
    if (!node.process.running()) return;
    ++kills;
    node.process.kill();
    schedule_.after(own.up_to(daemon_restart), [this, &node] { start_daemon(node); });
}

void SwarmWorld::restart_engine(std::size_t number, Random& own) {
    Node& node = *nodes_[number];
    if (!node.engine.up() || node.is_off) return;
    const Duration down_for = own.between(1s, longest_restart_of_engine);
    node.engine.restart(down_for, Engine::Outage::restart);
    swarms_.engine_stops(number);
    schedule_.after(down_for + 1s, [this, number, &node] {
        if (node.engine.up() && !node.is_off) swarms_.engine_starts(number);
    });
}

void SwarmWorld::cut_off(std::size_t number, Random& own) {
    swarms_.cut(number);
    schedule_.after(own.up_to(outage_limit), [this, number] { swarms_.reconnect(number); });
}

void SwarmWorld::lose_power(std::size_t number, Random& own) {
    Node& node = *nodes_[number];
    if (node.is_off) return;
    node.is_off = true;
    node.process.kill();
    const Duration outage = own.up_to(outage_limit);
    node.engine.restart(outage, Engine::Outage::power_cut);
    swarms_.engine_stops(number);
    schedule_.after(outage + longest_restart_of_engine, [this, number, &node] {
        node.is_off = false;
        swarms_.engine_starts(number);
        start_daemon(node);
    });
}

/// Whether the swarm survives the loss of the machine's engine, and somebody is left to join through: people
/// promote a worker that is to be a manager.
bool SwarmWorld::can_start_anew(std::size_t number) const {
    bool can_join_again = false;
    for (std::size_t other = 0; other < managers_wanted(); ++other)
        can_join_again = can_join_again || (other != number && swarms_.member_of(other) != nullptr);
    return can_join_again && !nodes_[number]->is_off && swarms_.can_lose(number);
}

/// Everything is lost but the settings, which are deployed again.
void SwarmWorld::set_up_anew(std::size_t number, Random&) {
    if (!can_start_anew(number)) return;
    Node& node = *nodes_[number];
    node.process.kill();
    node.remembers = false;
    std::filesystem::remove_all(node.root);
    swarms_.wipe(number);
    node.sequence = 0;
    start_daemon(node);
    schedule_.after(2s, [this, &node] { deploy(node, Tokens::given); });
}

/// The daemon keeps its record, and may have settings from before the tokens when it looks for its swarm.
void SwarmWorld::lose_engine_data(std::size_t number, Random& own) {
    if (own.one_in(2)) deploy_older_settings(number, own);
    schedule_.after(own.up_to(5s), [this, number] {
        if (can_start_anew(number)) swarms_.wipe(number);
    });
}

/// Of before the tokens. What remembers nothing could found a swarm then, as the reference tells.
void SwarmWorld::deploy_older_settings(std::size_t number, Random&) {
    if (nodes_[number]->remembers) deploy(*nodes_[number], Tokens::absent);
}

void SwarmWorld::change_settings(std::size_t, Random& own) {
    zone_ = std::to_string(own.below(3));
    if (managers_ > 3) has_fewer_managers_ = own.one_in(2);
    deploy_soon(Tokens::given, 1min, own);
}

/// What an operator does on some manager to some node.
void SwarmWorld::change_by_hand(std::size_t number, Random& own) {
    Swarms::Cluster* const cluster = swarms_.led_by_somebody(number);
    if (cluster == nullptr) return;
    Swarms::Member& member = cluster->members[own.below(cluster->members.size())];
    ++member.version;
    if (own.one_in(2)) member.availability = "drain";
    else if (member.role == "worker") swarms_.set_role(*cluster, member, "manager");
    else if (swarms_.has_quorum_without(*cluster, member)) swarms_.set_role(*cluster, member, "worker");
    swarms_.note_change(*cluster);
}

void SwarmWorld::disturb_calls(std::size_t number, Random& own) {
    nodes_[number]->wire.odds = {.refused = 20, .lost = 20, .closed = 20, .no_event = 5, .twice = 5};
    schedule_.after(own.up_to(outage_limit), [this, number] { nodes_[number]->wire.end_faults(); });
}

void SwarmWorld::heal() {
    run_for(outage_limit + 2min);  // whatever was going on has ended by itself
    for (std::size_t number = 0; number < nodes_.size(); ++number) {
        nodes_[number]->wire.end_faults();
        swarms_.reconnect(number);
    }
}

void SwarmWorld::calm() {
    trace("-- calm");
    heal();
    if (!broken.empty()) return;
    for (const auto& node : nodes_) deploy(*node, Tokens::given);
    const SteadyTime end = schedule_.now() + time_to_form;
    for (bool is_there = false; !is_there && schedule_.now() < end && broken.empty();) {
        run_for(between_looks);
        read_status();
        run_for(1s);
        help_as_told();
        is_there = is_as_wanted();
    }
    if (broken.empty()) check_members();
    if (broken.empty()) observe_idle();
}

void SwarmWorld::read_status() {
    for (const auto& node : nodes_) {
        node->state.clear();
        node->complaints.clear();
        enter(*node);
        node->process.ask("GET", "/v1/status", "", [&node = *node](unsigned, const std::string& body) {
            const json::Document status = json::parse(body);
            node.state = json::string_at(status, "state");
            node.complaints =
                json::text_of(json::at(status, "parts")) + json::text_of(json::at(status, "held"));
        });
    }
}

/// Operators do what the status tells them to do: on a manager, since a worker cannot promote itself, and at
/// a machine that its swarm has removed while nobody could reach it.
void SwarmWorld::help_as_told() {
    for (std::size_t number = 0; number < nodes_.size(); ++number) {
        const std::string& complaints = nodes_[number]->complaints;
        if (complaints.find("run `docker swarm leave --force` here") != std::string::npos)
            swarms_.wipe(number);
        for (Swarms::Member& member : swarms_.clusters.front().members) {
            const bool is_told =
                complaints.find("docker node promote " + member.id + "`") != std::string::npos;
            if (!is_told || member.role != "worker") continue;
            ++member.version;
            swarms_.set_role(swarms_.clusters.front(), member, "manager");
        }
    }
}

/// Whether the engines and the daemons agree that everything is as the settings ask.
bool SwarmWorld::is_as_wanted() {
    const Swarms::Cluster& cluster = swarms_.clusters.front();
    if (cluster.members.size() != nodes_.size()) return false;
    for (std::size_t number = 0; number < nodes_.size(); ++number) {
        const Swarms::Member* const member = swarms_.member_of(number);
        const bool is_listed = number < managers_wanted();
        if (member == nullptr || member->in_raft != is_listed || nodes_[number]->state != "converged")
            return false;
        // Nobody but a manager can give a worker its labels and its availability.
        const bool is_labelled = member->labels.contains("zone") && member->labels.at("zone") == zone_;
        if (is_listed && (!is_labelled || member->availability != "active")) return false;
    }
    return true;
}

void SwarmWorld::check_members() {
    read_status();
    run_for(1s);
    if (!broken.empty() || is_as_wanted()) return;
    broken = "not as the settings ask, " + std::to_string(swarms_.clusters.front().members.size()) +
             " entries for " + std::to_string(nodes_.size()) + " machines:";
    for (std::size_t number = 0; number < nodes_.size(); ++number) {
        const Swarms::Member* const member = swarms_.member_of(number);
        broken +=
            "\n  " + address_number(number) + " " + swarms_.machines[number].state + " " +
            (member == nullptr ? "-"
                               : member->role + (member->in_raft ? " (raft) " : " ") + member->availability) +
            " " + nodes_[number]->state + " " + nodes_[number]->complaints;
    }
}

/// Only the full checks make calls: of the daemon's own objects, and of the swarm.
void SwarmWorld::observe_idle() {
    constexpr Duration length = 11min;
    constexpr std::uint64_t calls_of_a_check = 10, checks = 3;
    run_for(outage_limit);  // what has just changed is looked at again
    std::vector<std::uint64_t> before;
    for (const auto& node : nodes_) before.push_back(node->wire.calls);
    run_for(length);
    for (std::size_t number = 0; number < nodes_.size() && broken.empty(); ++number) {
        const std::uint64_t made = nodes_[number]->wire.calls - before[number];
        if (made > checks * calls_of_a_check)
            broken = nodes_[number]->address + ": " + std::to_string(made) + " calls in 11 minutes at rest";
    }
    read_status();
    run_for(1s);
    if (broken.empty() && !is_as_wanted()) check_members();
}

}  // namespace dockerext::sim
