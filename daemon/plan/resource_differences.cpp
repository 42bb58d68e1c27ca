#include "plan/resource_differences.hpp"

#include "base/joined.hpp"
#include "model/labels.hpp"
#include "model/normal_form.hpp"
#include "plan/text_of.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

namespace {

using TextMap = std::map<std::string, std::string>;

void compare_text(const char* field, const std::string& want, const std::string& have,
                  std::vector<Change>& found) {
    if (!want.empty() && want != have) found.push_back({field, text_of(have), want});
}

void compare_flag(const char* field, bool want, bool have, std::vector<Change>& found) {
    if (want != have) found.push_back({field, text_of(have), text_of(want)});
}

void compare_options(const TextMap& want, const TextMap& have, std::vector<Change>& found) {
    for (const auto& [name, value] : want) {
        const auto there = have.find(name);
        if (there == have.end()) found.push_back({"driver_opts." + name, "(unset)", value});
        else if (there->second != value) found.push_back({"driver_opts." + name, there->second, value});
    }
}

bool fits(const IpamPool& want, const IpamPool& have) {
    const auto same = [](auto form, const std::string& desired, const std::string& there) {
        return desired.empty() || form(desired) == form(there);
    };
    return same(normal::ip_prefix, want.subnet, have.subnet) &&
           same(normal::ip_address, want.gateway, have.gateway) &&
           same(normal::ip_prefix, want.ip_range, have.ip_range);
}

std::string pools_text(const std::vector<IpamPool>& pools) {
    return text_of(joined(pools, ", ", std::mem_fn(&IpamPool::subnet)));
}

void compare_pools(const std::vector<IpamPool>& want, const std::vector<IpamPool>& have,
                   std::vector<Change>& found) {
    const bool all = std::all_of(want.begin(), want.end(), [&](const IpamPool& pool) {
        return std::any_of(have.begin(), have.end(),
                           [&](const IpamPool& there) { return fits(pool, there); });
    });
    if (!all) found.push_back({"ipam", pools_text(have), pools_text(want)});
}

std::string label(const TextMap& all, std::string_view name) {
    const auto found = all.find(std::string(name));
    return found == all.end() ? "" : found->second;
}

/// Reports a different config-hash when nothing else differs: labels, or an option that was removed.
void compare_hash(const TextMap& want, const TextMap& have, std::vector<Change>& found) {
    const std::string there = label(have, labels::config_hash);
    const bool comparable = !there.empty() && label(have, labels::version) == labels::compose_version;
    if (found.empty() && comparable && there != label(want, labels::config_hash)) {
        found.push_back({"settings", "previous", "new"});
    }
}

}  // namespace

std::vector<Change> differences(const NetworkSpec& want, const ObservedNetwork& have) {
    std::vector<Change> found;
    compare_text("driver", want.driver, have.driver, found);
    compare_options(want.driver_options, have.driver_options, found);
    compare_text("ipam.driver", want.ipam_driver, have.ipam_driver, found);
    compare_pools(want.ipam_pools, have.ipam_pools, found);
    compare_flag("internal", want.internal, have.internal, found);
    compare_flag("attachable", want.attachable, have.attachable, found);
    compare_flag("enable_ipv6", want.enable_ipv6, have.enable_ipv6, found);
    compare_hash(want.labels, have.labels, found);
    return found;
}

std::vector<Change> differences(const VolumeSpec& want, const ObservedVolume& have) {
    std::vector<Change> found;
    compare_text("driver", want.driver, have.driver, found);
    compare_options(want.driver_options, have.driver_options, found);
    compare_hash(want.labels, have.labels, found);
    return found;
}

}  // namespace dockerext::plan
