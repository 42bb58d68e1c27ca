#include "systemd/unit_facts.hpp"

#include "base/enum_names.hpp"

#include <systemd/sd-bus.h>

#include <algorithm>
#include <span>
#include <string_view>

namespace dockerext::systemd {
namespace {

using model::UnitActive;
using model::UnitLoad;

// systemd's words; several may map to one enumerator. An unknown word leaves the default value.

constexpr auto load_states = std::to_array<Named<UnitLoad>>(
    {{UnitLoad::loaded, "loaded"}, {UnitLoad::not_found, "not-found"}, {UnitLoad::masked, "masked"}});

constexpr auto active_states = std::to_array<Named<UnitActive>>({{UnitActive::active, "active"},
                                                                 {UnitActive::reloading, "reloading"},
                                                                 {UnitActive::reloading, "refreshing"},
                                                                 {UnitActive::activating, "activating"},
                                                                 {UnitActive::failed, "failed"},
                                                                 {UnitActive::deactivating, "deactivating"},
                                                                 {UnitActive::inactive, "maintenance"}});

constexpr auto enabled_states = std::to_array<Named<UnitEnabled>>({{UnitEnabled::enabled, "enabled"},
                                                                   {UnitEnabled::enabled, "enabled-runtime"},
                                                                   {UnitEnabled::enabled, "alias"},
                                                                   {UnitEnabled::disabled, "disabled"},
                                                                   {UnitEnabled::masked, "masked"},
                                                                   {UnitEnabled::masked, "masked-runtime"}});

// Each reads one value and returns what sd-bus returns: negative if the message has another form.

int read(sd_bus_message* message, std::string& into) {
    const char* text = nullptr;
    const int r = sd_bus_message_read_basic(message, 's', &text);
    if (r > 0) into = text;
    return r;
}

int read(sd_bus_message* message, std::vector<std::filesystem::path>& into) {
    int r = sd_bus_message_enter_container(message, 'a', "s");
    for (std::string path; r > 0 && (r = read(message, path)) > 0;) into.emplace_back(path);
    return r < 0 ? r : sd_bus_message_exit_container(message);
}

int read_environment_files(sd_bus_message* message, UnitFacts& facts) {
    int r = sd_bus_message_enter_container(message, 'a', "(sb)");
    const char* path = nullptr;
    int optional = 0;
    while (r > 0 && (r = sd_bus_message_read(message, "(sb)", &path, &optional)) > 0)
        facts.environment_files.emplace_back(path);
    return r < 0 ? r : sd_bus_message_exit_container(message);
}

/// Reads 16 bytes as hex digits, as systemd and the journal write them.
int read_id(sd_bus_message* message, std::string& into) {
    const void* bytes = nullptr;
    std::size_t size = 0;
    const int r = sd_bus_message_read_array(message, 'y', &bytes, &size);
    constexpr std::string_view digits = "0123456789abcdef";
    into.clear();
    for (const unsigned char byte : std::span(static_cast<const unsigned char*>(bytes), r > 0 ? size : 0))
        into.append({digits[byte / 16], digits[byte % 16]});
    return r;
}

int read_number(sd_bus_message* message, std::uint32_t& into) {
    return sd_bus_message_read_basic(message, 'u', &into);
}

int read_flag(sd_bus_message* message, bool& into) {
    int flag = 0;
    const int r = sd_bus_message_read_basic(message, 'b', &flag);
    into = flag != 0;
    return r;
}

/// Reads microseconds since the clock's epoch; 0 means never.
template <typename Clock>
int read_time(sd_bus_message* message, std::optional<std::chrono::time_point<Clock>>& into) {
    std::uint64_t microseconds = 0;
    const int r = sd_bus_message_read_basic(message, 't', &microseconds);
    if (microseconds != 0) into.emplace(std::chrono::microseconds(microseconds));
    return r;
}

template <typename T, std::size_t size>
int read_enum(sd_bus_message* message, const std::array<Named<T>, size>& words, T& into) {
    std::string text;
    const int r = read(message, text);
    into = value_named(text, words).value_or(into);
    return r;
}

struct Property {
    std::string_view name;
    std::string_view type;
    int (*read)(sd_bus_message* message, UnitFacts& facts);
};

using Message = sd_bus_message;
constexpr Property properties[] = {
    {"LoadState", "s", [](Message* m, UnitFacts& f) { return read_enum(m, load_states, f.load); }},
    {"ActiveState", "s", [](Message* m, UnitFacts& f) { return read_enum(m, active_states, f.active); }},
    {"UnitFileState", "s", [](Message* m, UnitFacts& f) { return read_enum(m, enabled_states, f.enabled); }},
    {"SubState", "s", [](Message* m, UnitFacts& f) { return read(m, f.sub_state); }},
    {"Result", "s", [](Message* m, UnitFacts& f) { return read(m, f.result); }},
    {"FragmentPath", "s",
     [](Message* m, UnitFacts& f) {
         std::string path;
         const int r = read(m, path);
         f.fragment = path;
         return r;
     }},
    {"DropInPaths", "as", [](Message* m, UnitFacts& f) { return read(m, f.drop_ins); }},
    {"EnvironmentFiles", "a(sb)", read_environment_files},
    {"NeedDaemonReload", "b", [](Message* m, UnitFacts& f) { return read_flag(m, f.need_daemon_reload); }},
    {"InvocationID", "ay", [](Message* m, UnitFacts& f) { return read_id(m, f.invocation); }},
    {"MainPID", "u", [](Message* m, UnitFacts& f) { return read_number(m, f.main_pid); }},
    {"NRestarts", "u", [](Message* m, UnitFacts& f) { return read_number(m, f.restarts); }},
    {"ActiveEnterTimestamp", "t", [](Message* m, UnitFacts& f) { return read_time(m, f.active_since); }},
    {"ActiveEnterTimestampMonotonic", "t",
     [](Message* m, UnitFacts& f) { return read_time(m, f.active_since_steady); }},
};

/// Reads one entry of the dictionary; returns 0 at its end.
int read_entry(sd_bus_message* message, UnitFacts& facts) {
    int r = sd_bus_message_enter_container(message, 'e', "sv");
    if (r <= 0) return r;
    std::string name;
    if ((r = read(message, name)) < 0) return r;
    const char* type = nullptr;
    if ((r = sd_bus_message_peek_type(message, nullptr, &type)) < 0) return r;
    const auto known = std::find_if(std::begin(properties), std::end(properties),
                                    [&](const Property& p) { return p.name == name && p.type == type; });
    if (known == std::end(properties)) r = sd_bus_message_skip(message, "v");
    else if ((r = sd_bus_message_enter_container(message, 'v', type)) > 0)
        r = known->read(message, facts) < 0 ? -EBADMSG : sd_bus_message_exit_container(message);
    if (r < 0) return r;
    r = sd_bus_message_exit_container(message);
    return r < 0 ? r : 1;
}

}  // namespace

Result<UnitFacts> read_unit_facts(sd_bus_message* properties) {
    UnitFacts facts;
    int r = sd_bus_message_enter_container(properties, 'a', "{sv}");
    while (r > 0) r = read_entry(properties, facts);
    if (r < 0) return Error::from_errno(-r, "properties of the unit");
    return facts;
}

}  // namespace dockerext::systemd
