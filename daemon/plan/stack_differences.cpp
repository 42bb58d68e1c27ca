#include "plan/stack_differences.hpp"

#include "plan/stack_change.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace dockerext::plan {

using namespace model;

namespace {

using Leaves = std::map<std::string, std::string>;  ///< path → value, as text

constexpr std::string_view environment = "TaskTemplate.ContainerSpec.Env";
constexpr std::string_view mode = "Mode";

/// What the engine fills in for members that a request leaves out (measured with 20.10 and 26.1).
constexpr auto filled_in = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"TaskTemplate.ContainerSpec.Isolation", "default"},
    {"TaskTemplate.Runtime", "container"},
    {"TaskTemplate.RestartPolicy.Condition", "any"},
    {"UpdateConfig.FailureAction", "pause"},
    {"UpdateConfig.Order", "stop-first"},
    {"RollbackConfig.FailureAction", "pause"},
    {"RollbackConfig.Order", "stop-first"},
    {"EndpointSpec.Mode", "vip"},
});

/// Members that older engines drop from a request.
constexpr auto dropped = std::to_array<std::string_view>({
    "TaskTemplate.ContainerSpec.Healthcheck.StartInterval",
    "TaskTemplate.ContainerSpec.OomScoreAdj",
});

bool is_filled_in(std::string_view path, std::string_view value) {
    return std::any_of(filled_in.begin(), filled_in.end(),
                       [&](const auto& each) { return each.first == path && each.second == value; });
}

std::string scalar_text(const JsonCursor& value) {
    if (value.is(JsonType::string)) return value.string().value();
    std::string text = value.is(JsonType::null) ? "" : value.text();
    if (value.is(JsonType::number) && text.ends_with(".0")) text.resize(text.size() - 2);
    return text;
}

/// Zero is a number of replicas, and elsewhere what an absent number means.
bool is_empty(std::string_view path, const JsonCursor& value, std::string_view text) {
    if (value.is(JsonType::number))
        return text.find_first_not_of("0.") == std::string_view::npos && !path.ends_with(".Replicas");
    return text.empty() || (value.is(JsonType::boolean) && text == "false");
}

/// "Target=/data Type=volume": the members of an object in an array, without empty ones.
std::string element_text(const JsonCursor& value) {
    std::string text;
    const auto add = [&](const std::string& key, const std::string& part) {
        if (!part.empty()) text += (text.empty() ? "" : " ") + key + part;
    };
    if (value.is(JsonType::object)) {
        auto members = value.members().value();
        std::sort(members.begin(), members.end(),
                  [](const auto& one, const auto& other) { return one.first < other.first; });
        for (const auto& [key, member] : members) {
            const std::string part = element_text(member);
            const bool is_object = member.is(JsonType::object) && !part.empty();
            add(part.empty() ? "" : key + "=", is_object ? "(" + part + ")" : part);
        }
        return text;
    }
    if (value.is(JsonType::array)) {
        for (const JsonCursor& item : value.items().value()) add("", element_text(item));
        return text;
    }
    const std::string scalar = scalar_text(value);
    return is_empty("", value, scalar) ? "" : scalar;
}

void collect_environment(const JsonCursor& array, Leaves& leaves) {
    for (const JsonCursor& item : array.items().value()) {
        const std::string text = scalar_text(item);
        const std::size_t equals = text.find('=');
        const std::string value = equals == std::string::npos ? "" : text.substr(equals + 1);
        leaves[std::string(environment) + "." + text.substr(0, equals)] = value.empty() ? "''" : value;
    }
}

void collect(const JsonCursor& value, const std::string& path, Leaves& leaves) {
    if (value.is(JsonType::object)) {
        for (const auto& [key, member] : value.members().value()) {
            if (path == mode) leaves[path] = key;
            collect(member, path.empty() ? key : path + "." + key, leaves);
        }
        return;
    }
    if (value.is(JsonType::array) && path == environment) return collect_environment(value, leaves);
    if (value.is(JsonType::array)) {
        std::string all;
        for (const JsonCursor& item : value.items().value()) {
            const std::string text = element_text(item);
            all += (all.empty() ? "" : ", ") + (text.empty() ? "''" : text);
        }
        if (!all.empty()) leaves[path] = all;
        return;
    }
    const std::string text = scalar_text(value);
    if (!is_empty(path, value, text) && !is_filled_in(path, text)) leaves[path] = text;
}

}  // namespace

std::vector<Change> stack_differences(const JsonCursor& have, const JsonCursor& want) {
    Leaves present;
    Leaves wanted;
    collect(have, "", present);
    collect(want, "", wanted);
    std::vector<Change> changes;
    const auto value = [](const Leaves& leaves, const std::string& path) {
        const auto found = leaves.find(path);
        return found == leaves.end() ? "" : found->second;
    };
    std::set<std::string> paths;
    for (const Leaves* const leaves : {&present, &wanted}) {
        for (const auto& [path, text] : *leaves) paths.insert(path);
    }
    for (const std::string& path : paths) {
        const std::string one = value(present, path);
        const std::string other = value(wanted, path);
        const bool is_dropped =
            one.empty() && std::find(dropped.begin(), dropped.end(), path) != dropped.end();
        if (one != other && !is_dropped) changes.push_back(stack_change(path, one, other));
    }
    return changes;
}

}  // namespace dockerext::plan
