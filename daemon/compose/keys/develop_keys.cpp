#include "compose/command.hpp"
#include "compose/key.hpp"

#include <algorithm>
#include <array>

// `develop` is for `docker compose watch`. It has no effect on containers, but it is part of the config-hash.
namespace dockerext::compose {

Table<Hook> table_of(const Hook*);

namespace {

void read_action(const Node& node, std::string& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    constexpr std::array<std::string_view, 5> known{"rebuild", "sync", "restart", "sync+restart",
                                                    "sync+exec"};
    if (node.text() && std::find(known.begin(), known.end(), into) == known.end()) {
        diagnostics.problem(node, "expected rebuild, sync, restart, sync+restart or sync+exec, found '" +
                                      into + "'" +
                                      diagnostics.suggestion(into, {known.begin(), known.end()}));
    }
}

template <auto member>
void write_always(const OwnerOf<member>& from, std::string_view name, CanonicalJson& json) {
    json.key(name);
    json.string(from.*member);
}

void write_exec(const Trigger& from, std::string_view name, CanonicalJson& json) {
    write(name, from.exec, json);
}

constexpr std::array trigger_fields = std::to_array<Field<Trigger>>({
    {"path", read_member<&Trigger::path>, write_always<&Trigger::path>},
    {"action", read_member_by<&Trigger::action, read_action>, write_always<&Trigger::action>},
    field<&Trigger::target>("target"),
    {"exec", read_member<&Trigger::exec>, write_exec},
    field<&Trigger::include, read_one_or_more>("include"),
    field<&Trigger::ignore, read_one_or_more>("ignore"),
    field<&Trigger::initial_sync>("initial_sync"),
});

}  // namespace

Table<Trigger> table_of(const Trigger*) { return {"a watch rule", trigger_fields}; }

namespace {

void check(const Node& node, const Trigger& rule, Diagnostics& diagnostics) {
    if (rule.path.empty()) diagnostics.problem(node, "'path', what to watch, is missing");
    if (!node.find("action")) diagnostics.problem(node, "'action' is missing");
    if (rule.action.starts_with("sync") && rule.target.empty())
        diagnostics.problem(node, "'target', where to, is missing");
    const Node* exec = node.find("exec");
    if (exec && exec->map() && !exec->find("command")) diagnostics.problem(*exec, "'command' is missing");
}

void read_watch(const Node& node, std::vector<Trigger>& into, Diagnostics& diagnostics) {
    const Node::List* list = expect_list(node, diagnostics);
    if (!list) return;
    for (const Node& item : *list) {
        read(item, into.emplace_back(), diagnostics);
        if (item.map()) check(item, into.back(), diagnostics);
    }
}

constexpr std::array develop_fields = std::to_array<Field<Develop>>({
    field<&Develop::watch, read_watch>("watch"),
});

}  // namespace

Table<Develop> table_of(const Develop*) { return {"develop", develop_fields}; }

namespace {

void read_develop(const Node& node, std::optional<Develop>& into, Diagnostics& diagnostics) {
    if (!node.is_null()) read(node, into, diagnostics);
}

}  // namespace

std::span<const Key> develop_keys() {
    static constexpr std::array keys = std::to_array<Key>({
        {field<&Service::develop, read_develop>("develop")},
    });
    return keys;
}

}  // namespace dockerext::compose
