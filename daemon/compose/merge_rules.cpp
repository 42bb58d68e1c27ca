#include "compose/merge_rules.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace dockerext::compose {
namespace {

struct PathRule {
    std::array<std::string_view, 5> path;  ///< "*" is any key; "" marks the end
    Rule rule;
};

/// The keys that Compose 2.40 merges by special rules.
constexpr std::array path_rules = std::to_array<PathRule>({
    {{"networks", "*", "ipam", "config"}, Rule::pools},
    {{"networks", "*", "labels"}, Rule::sequence},
    {{"volumes", "*", "labels"}, Rule::sequence},
    {{"services", "*", "annotations"}, Rule::sequence},
    {{"services", "*", "build"}, Rule::build},
    {{"services", "*", "build", "args"}, Rule::sequence},
    {{"services", "*", "build", "additional_contexts"}, Rule::sequence},
    {{"services", "*", "build", "extra_hosts"}, Rule::hosts},
    {{"services", "*", "build", "labels"}, Rule::sequence},
    {{"services", "*", "command"}, Rule::replace},
    {{"services", "*", "depends_on"}, Rule::dependencies},
    {{"services", "*", "deploy", "labels"}, Rule::sequence},
    {{"services", "*", "dns"}, Rule::sequence},
    {{"services", "*", "dns_opt"}, Rule::sequence},
    {{"services", "*", "dns_search"}, Rule::sequence},
    {{"services", "*", "entrypoint"}, Rule::replace},
    {{"services", "*", "env_file"}, Rule::sequence},
    {{"services", "*", "label_file"}, Rule::sequence},
    {{"services", "*", "environment"}, Rule::sequence},
    {{"services", "*", "extra_hosts"}, Rule::hosts},
    {{"services", "*", "healthcheck", "test"}, Rule::replace},
    {{"services", "*", "labels"}, Rule::sequence},
    {{"services", "*", "logging"}, Rule::logging},
    {{"services", "*", "models"}, Rule::names},
    {{"services", "*", "networks"}, Rule::names},
    {{"services", "*", "sysctls"}, Rule::sequence},
    {{"services", "*", "tmpfs"}, Rule::sequence},
    {{"services", "*", "ulimits", "*"}, Rule::replace},
});

bool matches(const PathRule& path_rule, const Path& path) {
    for (std::size_t i = 0; i < path_rule.path.size(); ++i) {
        const std::string_view wanted = path_rule.path[i];
        if (wanted.empty()) return path.size() == i;
        if (i == path.size() || (wanted != "*" && wanted != path[i])) return false;
    }
    return path.size() == path_rule.path.size();
}

}  // namespace

Rule rule_of(const Path& path) {
    const auto found = std::find_if(path_rules.begin(), path_rules.end(),
                                    [&](const PathRule& path_rule) { return matches(path_rule, path); });
    return found == path_rules.end() ? Rule::plain : found->rule;
}

}  // namespace dockerext::compose
