#include "reconcile/swarm_look.hpp"

#include "base/sha256.hpp"
#include "model/registry.hpp"
#include "observe/stack_observer.hpp"
#include "observe/swarm_observer.hpp"
#include "plan/plan_text.hpp"
#include "plan/stack_planner.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::reconcile {

using namespace model;
using namespace std::chrono_literals;

namespace {

/// While somebody else has to act first, or a look failed: managers emit no event that tells the end of it.
constexpr Duration look_again = 30s;
constexpr Duration look_at_tasks = 3s;  ///< while tasks start: no event tells that they run

/// Nothing is done about a stack in a swarm that the settings do not mean.
bool is_in_other_swarm(const SwarmWish& wish, const SwarmLook& look, const SwarmDecision& made) {
    if (look.swarm.state != LocalNodeState::active) return false;
    if (wish.swarm) return !made.is_member;
    const std::string& known = made.record.cluster;
    return look.swarm.cluster && !known.empty() && look.swarm.cluster->id != known;
}

/// `down` on a manager that does not lead any more: the stack is its successor's.
bool is_down_for_another(const SwarmLook& look, const SwarmRecord& record) {
    return record.is_stack_down && look.swarm.nodes && !plan::is_leader(look.swarm);
}

/// With which login a service was made, may be known to another manager only.
void note_logins(const SwarmWish& wish, const SwarmLook& look, SwarmRecord& record) {
    if (!plan::is_leader(look.swarm) || !look.stack) return;
    for (const auto& [service, digest] : wish.stack.logins) {
        if (look.stack->services.contains(service)) record.logins.emplace(service, digest);
    }
}

void add_stack(const SwarmWish& wish, const SwarmLook& look, const SwarmHistory& past, SwarmDecision& made) {
    plan::StackPlan stack =
        plan::plan_stack(wish.stack, look.swarm, look.stack, past, wish.redact, steady_now());
    made.plan = combined(std::move(made.plan), std::move(stack.plan));
    made.parts.insert(made.parts.end(), stack.parts.begin(), stack.parts.end());
    made.record.stack = stack.kept;
    if (is_down_for_another(look, past.record)) made.record.stack = {};
    if (wish.stack.stack || made.record.stack.empty()) made.record.is_stack_down = false;
    note_logins(wish, look, made.record);
    made.replaces_project = stack.replaces_project;
    made.tasks_start = stack.tasks_start;
}

}  // namespace

Task<Result<SwarmLook>> look_at_swarm(engine::Client& client, SwarmWish wish, SwarmRecord record) {
    const SwarmSettings settings = wish.swarm ? wish.swarm->settings : SwarmSettings();
    auto looking = observe::observe_swarm(client, settings);
    auto swarm = co_await std::move(looking);
    if (!swarm) co_return swarm.error();
    Result<ObservedStack> stack = ObservedStack();
    if (const auto name = plan::stack_to_observe(wish.stack, *swarm, record)) {
        auto looking_at_stack = observe::observe_stack(client, *name);
        stack = co_await std::move(looking_at_stack);
    }
    co_return SwarmLook{std::move(*swarm), std::move(stack)};
}

SwarmDecision decide_swarm(const SwarmWish& wish, const SwarmLook& look, const SwarmHistory& past) {
    SwarmDecision made;
    if (wish.swarm) {
        static_cast<plan::SwarmPlan&>(made) =
            plan::plan_swarm(*wish.swarm, look.swarm, past, steady_now(), wall_now());
    } else {
        made.record = past.record;
        if (auto part = plan::left_membership(look.swarm, past.record))
            made.parts.push_back(std::move(*part));
    }
    const bool is_departing = wish.swarm && !wish.swarm->departure.reason.empty();
    if (!is_departing && !is_in_other_swarm(wish, look, made)) add_stack(wish, look, past, made);
    made.plan = plan::redacted(std::move(made.plan), wish.redact);
    for (PartStatus& part : made.parts) part.message = wish.redact(part.message);
    for (Held& held : made.plan.held) held.reason = wish.redact(held.reason);
    return made;
}

SteadyTime next_look(const SwarmDecision& decision, SteadyTime now) {
    SteadyTime next = now + full_check_of_swarm;
    const bool is_settled =
        std::all_of(decision.parts.begin(), decision.parts.end(), [](const PartStatus& part) {
            return part.state == PartState::ok || part.state == PartState::unmanaged;
        });
    if (!is_settled && !decision.nobody_answers)
        next = now + (decision.tasks_start ? look_at_tasks : look_again);
    for (const Held& held : decision.plan.held) {
        if (held.until) next = std::min(next, *held.until);
    }
    return next;
}

std::map<std::string, std::string> login_digests(const Stack& stack,
                                                 const std::vector<RegistryLogin>& logins) {
    std::map<std::string, std::string> digests;
    for (const auto& [key, service] : stack.services) {
        const RegistryLogin* const login = login_for(service.image.value, logins);
        const auto* const given = login == nullptr ? nullptr : std::get_if<PasswordLogin>(&login->method);
        if (given == nullptr) continue;
        const Secret text(login->server + "\n" + given->username + "\n" +
                          std::string(given->password.reveal()));
        digests[service.name] = sha256_hex(text.reveal()).substr(0, 32);
    }
    return digests;
}

}  // namespace dockerext::reconcile
