#include "compose/command.hpp"
#include "compose/key.hpp"

#include <array>

// `develop` is for `docker compose watch`: it has no effect on what runs, and yet it is part of the
// config-hash.
namespace dockerext::compose {

Table<Hook> table_of(const Hook*);

namespace {

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
    {"action", read_member<&Trigger::action>, write_always<&Trigger::action>},
    field<&Trigger::target>("target"),
    {"exec", read_member<&Trigger::exec>, write_exec},
    field<&Trigger::include, read_one_or_more>("include"),
    field<&Trigger::ignore, read_one_or_more>("ignore"),
    field<&Trigger::initial_sync>("initial_sync"),
});

}  // namespace

Table<Trigger> table_of(const Trigger*) { return {"a watch rule", trigger_fields}; }

namespace {

constexpr std::array develop_fields = std::to_array<Field<Develop>>({
    field<&Develop::watch>("watch"),
});

}  // namespace

Table<Develop> table_of(const Develop*) { return {"develop", develop_fields}; }

namespace {

void read_develop(const Node& node, std::optional<Develop>& into, Report& report) {
    if (!node.is_null()) read(node, into, report);
}

constexpr std::array keys = std::to_array<Key>({
    {field<&Service::develop, read_develop>("develop")},
});

}  // namespace

std::span<const Key> develop_keys() { return keys; }

}  // namespace dockerext::compose
