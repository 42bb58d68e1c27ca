#include "compose/extra_hosts.hpp"

#include <algorithm>
#include <unordered_set>

namespace dockerext::compose {
namespace {

std::string entry(std::string_view host, std::string_view address) {
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    return std::string(host) + "=" + std::string(address);
}

void read_item(const Node& item, std::vector<std::string>& into, Diagnostics& diagnostics) {
    if (!item.text()) return diagnostics.expected(item, "string \"host=ip\"");
    const std::string_view text = *item.text();
    const std::size_t equals = text.find('=');
    const std::size_t split = equals != std::string_view::npos ? equals : text.find(':');
    const bool whole = split != std::string_view::npos && split > 0 && split + 1 < text.size();
    if (!whole || text.substr(0, split).find(':') != std::string_view::npos) {
        return diagnostics.problem(item, "expected \"host=ip\", found '" + std::string(text) + "'");
    }
    into.push_back(entry(text.substr(0, split), text.substr(split + 1)));
}

void read_addresses(const std::string& host, const Node& value, std::vector<std::string>& into,
                    Diagnostics& diagnostics) {
    if (value.text()) {
        into.push_back(entry(host, *value.text()));
        return;
    }
    if (!value.list()) return diagnostics.expected(value, "address or list of addresses");
    for (const Node& address : *value.list()) {
        if (address.text()) into.push_back(entry(host, *address.text()));
        else diagnostics.expected(address, "string");
    }
}

}  // namespace

void read_extra_hosts(const Node& node, std::vector<std::string>& into, Diagnostics& diagnostics) {
    if (node.list()) {
        std::unordered_set<std::string_view> seen;
        for (const Node& item : *node.list()) {
            if (item.text() && !seen.insert(*item.text()).second)
                diagnostics.problem(item, "it is listed twice");
            else read_item(item, into, diagnostics);
        }
    } else if (node.map()) {
        for (const auto& [host, value] : *node.map()) {
            if (host.empty()) diagnostics.problem(value, "a host needs a name");
            else read_addresses(host, value, into, diagnostics);
        }
    } else {
        diagnostics.expected(node, "list or map");
    }
    std::sort(into.begin(), into.end());
}

}  // namespace dockerext::compose
