#include "dockerd/option_values.hpp"

#include "base/nearest.hpp"
#include "dockerd/flags.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <vector>

namespace dockerext::dockerd {
namespace {

/// What strconv.ParseBool of Go takes, with which dockerd reads switches.
constexpr auto on_values = std::to_array<std::string_view>({"1", "t", "T", "TRUE", "true", "True"});
constexpr auto off_values = std::to_array<std::string_view>({"0", "f", "F", "FALSE", "false", "False"});

/// Flags with a whole number, and keys of daemon.json with a JSON number.
constexpr auto numbers = std::to_array<std::string_view>(
    {"cpu-rt-period", "cpu-rt-runtime", "default-stop-timeout", "max-concurrent-downloads",
     "max-concurrent-uploads", "max-download-attempts", "mtu", "network-control-plane-mtu",
     "network-diagnostic-port", "oom-score-adjust", "shutdown-timeout"});

constexpr auto log_levels = std::to_array<std::string_view>({"debug", "info", "warn", "error", "fatal"});

template <typename Range>
bool contains(const Range& range, std::string_view value) {
    return std::find(range.begin(), range.end(), value) != range.end();
}

bool is_number(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_positive(std::string_view text) {
    return is_number(text) && !text.starts_with('-') && text.find_first_not_of('0') != std::string_view::npos;
}

/// "10m", "1.5g", "512kb", as docker/go-units reads it.
bool is_size(std::string_view text) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    std::string unit(text.substr(digits));
    std::transform(unit.begin(), unit.end(), unit.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    constexpr auto units = std::to_array<std::string_view>(
        {"", "b", "k", "kb", "kib", "m", "mb", "mib", "g", "gb", "gib", "t", "tb", "tib", "p", "pb", "pib"});
    if (unit.starts_with(' ')) unit.erase(0, 1);
    return digits > 0 && contains(units, unit);
}

std::string unknown_flag(std::string_view name) {
    std::vector<std::string_view> known;
    for (const Flag& flag : all_flags()) known.push_back(flag.name);
    const auto meant = nearest(name, known);
    return "no dockerd has the option --" + std::string(name) +
           (meant ? "; did you mean --" + std::string(*meant) + "?"
                  : "; a key that only a newer one has can be set in docker.config");
}

/// Options of the log drivers json-file and local, and those of every driver, with what their values must be.
struct LogOption {
    std::string_view name;
    bool (*is_valid)(std::string_view value);
    std::string_view expected;
};
bool is_switch(std::string_view value) { return contains(on_values, value) || contains(off_values, value); }
constexpr auto log_options =
    std::to_array<LogOption>({{"max-file", is_positive, "a number of files from 1 on, such as \"3\""},
                              {"max-size", is_size, "a size such as \"10m\""},
                              {"max-buffer-size", is_size, "a size such as \"1m\""},
                              {"compress", is_switch, "\"true\" or \"false\""}});

void check_log_option(const std::string& name, const JsonCursor& value, std::string_view driver,
                      Problems& problems) {
    const auto text = value.string();
    if (!text)
        return problems.add(value.pointer(),
                            "expected string, found " + std::string(to_string(value.type())) +
                                ": dockerd takes options of log drivers as texts only; write \"" +
                                value.text() + "\"");
    if (driver != "json-file" && driver != "local" && name != "max-buffer-size") return;
    const auto* const option = std::find_if(log_options.begin(), log_options.end(),
                                            [&](const LogOption& each) { return each.name == name; });
    // max-size -1 is unlimited.
    const bool is_unlimited = name == "max-size" && *text == "-1";
    if (option != log_options.end() && !option->is_valid(*text) && !is_unlimited)
        problems.add(value.pointer(),
                     "expected " + std::string(option->expected) + ", found \"" + *text + "\"");
}

void check_log_options(const JsonCursor& options, std::string_view driver, Problems& problems) {
    const auto members = options.members();
    if (!members) return problems.add(options.expected("object"));
    for (const auto& [name, value] : *members) check_log_option(name, value, driver, problems);
}

void check_value(const std::string& key, const JsonCursor& value, Problems& problems) {
    const Flag* const flag = find_flag(key);
    if (value.is(JsonType::null)) return;
    if (flag != nullptr && flag->kind == Flag::Kind::toggle && flag->key == key &&
        !value.is(JsonType::boolean))
        problems.add(value.expected("true or false"));
    if (contains(numbers, key) && !value.is(JsonType::number)) problems.add(value.expected("number"));
}

}  // namespace

std::string flag_problem(const GivenFlag& given) {
    const Flag* const flag = find_flag(given.name);
    if (flag == nullptr) return unknown_flag(given.name);
    if (!given.value) return "";
    const std::string_view value = *given.value;
    const std::string begin = "--" + given.name + ": expected ";
    const std::string found = ", found '" + *given.value + "'";
    if (flag->kind == Flag::Kind::toggle && !is_switch(value)) return begin + "true or false" + found;
    if (contains(numbers, given.name) && !is_number(value)) return begin + "a number" + found;
    if (given.name == "log-level" && !contains(log_levels, value))
        return begin + "debug, info, warn, error or fatal" + found;
    return "";
}

bool is_on(std::string_view value) { return contains(on_values, value); }

void check_config_values(const JsonCursor& config, Problems& problems) {
    const auto members = config.members();
    if (!members) return;
    std::string driver = "json-file";
    for (const auto& [key, value] : *members) {
        const auto text = value.string();
        if (key == "log-driver" && text) driver = *text;
    }
    for (const auto& [key, value] : *members) {
        if (key == "log-opts" && !value.is(JsonType::null)) check_log_options(value, driver, problems);
        else check_value(key, value, problems);
    }
}

}  // namespace dockerext::dockerd
