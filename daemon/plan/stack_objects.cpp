#include "model/normal_form.hpp"
#include "plan/stack_files.hpp"
#include "plan/stack_work.hpp"
#include "plan/text_of.hpp"

#include <algorithm>
#include <string>
#include <vector>

// Networks, configs and secrets of a stack: what services need before they exist, and what is left over.
namespace dockerext::plan {

using namespace model;

namespace {

const ObservedStackNetwork* find_network(const ObservedStack& observed, const NetworkName& name) {
    const auto found = std::find_if(observed.networks.begin(), observed.networks.end(),
                                    [&](const auto& each) { return each.spec.name == name; });
    return found == observed.networks.end() ? nullptr : &*found;
}

template <typename Values>
void note(bool differs, const char* field, const Values& have, const Values& want,
          std::vector<Change>& changes) {
    if (differs) changes.push_back({field, text_of(have), text_of(want)});
}

/// What is not set in the model is as the engine has chosen it.
std::vector<Change> network_changes(const NetworkSpec& have, const NetworkSpec& want) {
    std::vector<Change> changes;
    note(!want.driver.empty() && have.driver != want.driver, "driver", have.driver, want.driver, changes);
    note(have.internal != want.internal, "internal", have.internal, want.internal, changes);
    note(have.attachable != want.attachable, "attachable", have.attachable, want.attachable, changes);
    note(have.enable_ipv6 != want.enable_ipv6, "enable_ipv6", have.enable_ipv6, want.enable_ipv6, changes);
    note(have.labels != want.labels, "labels", have.labels, want.labels, changes);
    for (const auto& [key, value] : want.driver_options) {
        const auto present = have.driver_options.find(key);
        const bool is_set = present != have.driver_options.end();
        const std::string now = is_set ? present->second : "";
        note(!is_set || now != value, "driver_opts", is_set ? key + "=" + now : "", key + "=" + value,
             changes);
    }
    for (const IpamPool& pool : want.ipam_pools) {
        const bool is_there =
            std::any_of(have.ipam_pools.begin(), have.ipam_pools.end(), [&](const IpamPool& each) {
                return normal::ip_prefix(each.subnet) == normal::ip_prefix(pool.subnet);
            });
        const std::string subnet = have.ipam_pools.empty() ? "" : have.ipam_pools.front().subnet;
        note(!is_there && !pool.subnet.empty(), "ipam.config.subnet", subnet, pool.subnet, changes);
    }
    return changes;
}

/// Of a network that exists.
void check_network(StackWork& work, const Subject& subject, const ObservedStackNetwork& present,
                   const NetworkSpec& wanted) {
    if (wanted.external) return;
    const std::string& name = wanted.name.value;
    if (!is_of_stack(present.spec.labels, work.name))
        return work.fail_and_hold(subject, Held::Why::conflict,
                                  "network " + name + " exists and is not of this stack; rename one of them");
    const auto changes = network_changes(present.spec, wanted);
    if (changes.empty()) return;
    work.fail_and_hold(subject, Held::Why::conflict,
                       with_changes("network " + name + " cannot be changed in place", changes) +
                           "; give it another name in the model, or remove the stack once with `docker stack "
                           "rm " +
                           work.name.value + "`");
}

std::string word_of(StackFileKind kind) { return std::string(to_string(kind)); }

bool is_used(const ObservedStack& observed, const std::string& id) {
    return std::any_of(observed.services.begin(), observed.services.end(), [&](const auto& each) {
        return each.second.spec.find('"' + id + '"') != std::string::npos;
    });
}

void remove_files(StackWork& work) {
    for (const ObservedStackFile& file : work.observed.files) {
        const bool is_wanted = std::any_of(work.files.begin(), work.files.end(), [&](const auto& each) {
            return each.first.first == file.kind && each.second.first == file.name;
        });
        if (!is_of_stack(file.labels, work.name) || is_wanted || is_used(work.observed, file.id)) continue;
        work.act(stack_subject(word_of(file.kind) + " " + file.name), RemoveStackFile{file.kind, file.id},
                 file.name, "not used any more");
    }
}

/// The engine refuses the name of a network of this machine alone.
void hold_blocked_network(StackWork& work, const Subject& subject, const NetworkName& name,
                          const ProjectName& owner) {
    const bool is_own = owner == work.name;
    work.is_blocked_by_project = work.is_blocked_by_project || is_own;
    if (is_own) {
        const std::string why = "the project's network of this name is removed first";
        work.report(subject.name, PartState::pending, why);
        return work.hold(subject, Held::Why::unproven, why);
    }
    work.fail_and_hold(subject, Held::Why::conflict,
                       "a network of this machine alone is called " + name.value +
                           "; remove it, or give the one in the model another name");
}

}  // namespace

void plan_stack_networks(StackWork& work, const Stack& stack) {
    for (const ObservedStackNetwork& network : work.observed.networks)
        work.networks.emplace(network.spec.name.value, network.id.value);
    for (const auto& [name, wanted] : stack.networks) {
        const Subject subject = stack_subject("network " + name.value);
        const ObservedStackNetwork* const present = find_network(work.observed, name);
        const auto local = work.observed.local_networks.find(name);
        if (present != nullptr) check_network(work, subject, *present, wanted);
        else if (wanted.external) continue;
        else if (local != work.observed.local_networks.end())
            hold_blocked_network(work, subject, name, local->second);
        else work.act(subject, CreateNetwork{.spec = wanted}, name.value, "not found");
    }
}

void plan_stack_files(StackWork& work, const Stack& stack) {
    for (const StackFile& file : stack.files) {
        const ResolvedFile resolved = resolve_file(file, work.name, work.observed.files);
        const std::string& name = resolved.wanted.name;
        work.files[{file.kind, file.name}] = {name, resolved.id};
        if (!resolved.id.empty()) continue;
        const Subject subject = stack_subject(word_of(file.kind) + " " + name);
        if (file.external)
            work.fail_and_hold(subject, Held::Why::conflict,
                               "external " + word_of(file.kind) + " " + name +
                                   " does not exist; create it with `docker " + word_of(file.kind) +
                                   " create " + name + " FILE`");
        else
            work.act(subject, CreateStackFile{resolved.wanted}, name,
                     name == file.name ? "not found" : "content changed");
    }
}

void plan_stack_leftovers(StackWork& work, const Stack& stack) {
    for (const auto& [name, service] : work.observed.services) {
        const auto is_it = [&name = name](const auto& each) { return each.second.name == name; };
        const bool is_wanted = std::any_of(stack.services.begin(), stack.services.end(), is_it);
        if (!is_wanted)
            work.act(stack_subject("service " + name), RemoveStackService{service.id}, name,
                     "no longer in the settings");
    }
    if (work.updates_go_on()) return;
    remove_files(work);
    for (const ObservedStackNetwork& network : work.observed.networks) {
        const NetworkName& name = network.spec.name;
        const bool is_left = is_of_stack(network.spec.labels, work.name) && !stack.networks.contains(name) &&
                             !is_used(work.observed, network.id.value);
        if (is_left)
            work.act(stack_subject("network " + name.value), RemoveNetwork{network.id, name, {}}, name.value,
                     "not used any more");
    }
}

}  // namespace dockerext::plan
