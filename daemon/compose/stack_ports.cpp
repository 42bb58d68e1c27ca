#include "compose/stack_ports.hpp"

#include "compose/scalar.hpp"

namespace dockerext::compose {
namespace {

struct PublishedRange {
    std::uint32_t first = 0, last = 0;
};

/// Of "8080", "8080-8090" or "".
PublishedRange published_range(const std::string& text) {
    const std::size_t dash = text.find('-');
    const auto first = parse_integer(text.substr(0, dash)).value_or(0);
    const auto last = dash == std::string::npos ? first : parse_integer(text.substr(dash + 1)).value_or(0);
    return {static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last)};
}

}  // namespace

std::size_t count_published(const Port& port) {
    const PublishedRange range = published_range(port.published);
    return range.last - range.first + 1;
}

std::set<StackPort> stack_ports(const Service& service) {
    std::set<StackPort> ports;
    for (const Port& port : service.ports) {
        const PublishedRange range = published_range(port.published);
        for (std::uint32_t published = range.first; published <= range.last; ++published) {
            ports.insert(
                {published, static_cast<std::uint32_t>(port.target), lower(port.protocol), lower(port.mode)});
        }
    }
    return ports;
}

}  // namespace dockerext::compose
