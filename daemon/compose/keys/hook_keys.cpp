#include "compose/command.hpp"
#include "compose/key.hpp"

#include <array>

namespace dockerext::compose {
namespace {

constexpr std::array hook_fields = std::to_array<Field<Hook>>({
    {"command", read_member_by<&Hook::command, read_command>, write_command<&Hook::command>},
    field<&Hook::user>("user"),
    field<&Hook::privileged>("privileged"),
    field<&Hook::working_dir>("working_dir"),
    field<&Hook::environment, read_variables>("environment"),
});

}  // namespace

Table<Hook> table_of(const Hook*) { return {"a hook", hook_fields}; }

namespace {

void read_hooks(const Node& node, std::vector<Hook>& into, Diagnostics& diagnostics) {
    const Node::List* list = expect_list(node, diagnostics);
    if (!list) return;
    for (const Node& item : *list) {
        Hook& hook = into.emplace_back();
        read(item, hook, diagnostics);
        if (item.map() && (!hook.command.words || hook.command.words->empty())) {
            diagnostics.problem(item, "'command' is missing");
        }
    }
}

std::vector<model::Hook> to_model(const std::vector<Hook>& from) {
    std::vector<model::Hook> hooks;
    hooks.reserve(from.size());
    for (const Hook& hook : from) {
        hooks.push_back({hook.command.words.value_or(std::vector<std::string>{}), hook.user, hook.working_dir,
                         hook.privileged, hook.environment});
    }
    return hooks;
}

void apply_post_start(const Service& from, const Naming&, model::Service& into) {
    into.post_start = to_model(from.post_start);
}
void apply_pre_stop(const Service& from, const Naming&, model::Service& into) {
    into.pre_stop = to_model(from.pre_stop);
}

}  // namespace

std::span<const Key> hook_keys() {
    static constexpr std::array keys = std::to_array<Key>({
        {field<&Service::post_start, read_hooks>("post_start"), apply_post_start},
        {field<&Service::pre_stop, read_hooks>("pre_stop"), apply_pre_stop},
    });
    return keys;
}

}  // namespace dockerext::compose
