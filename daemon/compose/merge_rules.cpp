#include "compose/merge_rules.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace dockerext::compose {
namespace {

struct Special {
    std::array<std::string_view, 5> path;  ///< "*" is any key; "" marks the end
    Rule rule;
};

/// The keys that Compose 2.40 merges by special rules.
constexpr std::array specials = std::to_array<Special>({
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

bool matches(const Special& special, const Path& path) {
    for (std::size_t i = 0; i < special.path.size(); ++i) {
        const std::string_view wanted = special.path[i];
        if (wanted.empty()) return path.size() == i;
        if (i == path.size() || (wanted != "*" && wanted != path[i])) return false;
    }
    return path.size() == special.path.size();
}

}  // namespace

Rule rule_of(const Path& path) {
    const auto found = std::find_if(specials.begin(), specials.end(),
                                    [&](const Special& special) { return matches(special, path); });
    return found == specials.end() ? Rule::plain : found->rule;
}

}  // namespace dockerext::compose
