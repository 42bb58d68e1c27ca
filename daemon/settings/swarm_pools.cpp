#include "settings/swarm_pools.hpp"

#include "base/json_reader.hpp"
#include "settings/values.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace dockerext::settings {
namespace {

/// The engine takes subnets of up to 29 bits (Engine API, POST /swarm/init), and the default pool has 8.
constexpr std::uint32_t shortest_prefix = 8, longest_prefix = 29;

struct AddressPool {
    std::string base;         ///< as written
    std::uint32_t first = 0;  ///< address
    std::uint32_t length = shortest_prefix;
    std::string pointer;  ///< of `base`
};

/// Bits of an IPv4 address below a prefix of that length.
std::uint32_t host_bits(std::uint32_t length) { return ~std::uint32_t{0} >> length; }

bool overlap(const AddressPool& a, const AddressPool& b) {
    const std::uint32_t length = std::min(a.length, b.length);
    return (a.first ^ b.first) <= host_bits(length);
}

/// "10.20.0.0/16", without bits beyond its length.
std::optional<AddressPool> parse_pool(std::string text, std::string pointer) {
    const std::size_t slash = text.find('/');
    if (slash == std::string::npos) return std::nullopt;
    in_addr address{};
    AddressPool pool;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data() + slash + 1, end, pool.length);
    const bool is_length = error == std::errc() && rest == end && text[slash + 1] != '0' &&
                           pool.length >= shortest_prefix && pool.length <= longest_prefix;
    if (!is_length || ::inet_pton(AF_INET, text.substr(0, slash).c_str(), &address) != 1) return std::nullopt;
    pool.first = ntohl(address.s_addr);
    if ((pool.first & host_bits(pool.length)) != 0) return std::nullopt;
    pool.base = std::move(text);
    pool.pointer = std::move(pointer);
    return pool;
}

/// Reads a member that every pool has.
std::optional<JsonCursor> take_required(ObjectReader& reader, std::string_view key, Problems& problems) {
    auto value = reader.take(key);
    if (!value && reader.cursor().is(JsonType::object))
        problems.add(reader.cursor().pointer() + "/" + std::string(key),
                     "is missing; a pool needs base and size");
    return value;
}

std::optional<AddressPool> read_base(const JsonCursor& value, Problems& problems) {
    auto text = value.string();
    auto pool = text ? parse_pool(std::move(*text), value.pointer()) : std::nullopt;
    if (!pool)
        problems.add(
            value.pointer(),
            "expected an IPv4 network with a prefix of 8 to 29 bits, and no bits set beyond it, such "
            "as \"10.20.0.0/16\", found " +
                describe_value(value));
    return pool;
}

/// The size has to fit into the pool.
std::optional<std::uint32_t> read_size(const JsonCursor& value, std::uint32_t length, Problems& problems) {
    const auto size = value.integer();
    if (size && *size >= length && *size <= longest_prefix) return static_cast<std::uint32_t>(*size);
    problems.add(value.pointer(), "expected a prefix length from " + std::to_string(length) + " to " +
                                      std::to_string(longest_prefix) + ", found " + describe_value(value));
    return std::nullopt;
}

void refuse_overlap(const AddressPool& pool, const std::vector<AddressPool>& others, Problems& problems) {
    for (const AddressPool& other : others) {
        if (overlap(pool, other))
            return problems.add(pool.pointer, "overlaps " + other.pointer + "; choose another network");
    }
}

}  // namespace

void read_address_pools(const JsonCursor& array, model::SwarmSettings& swarm, Problems& problems) {
    const auto items = array.items();
    if (!items) return problems.add(items.error());
    std::vector<AddressPool> pools;
    for (const JsonCursor& item : *items) {
        ObjectReader reader(item, problems);
        const auto base = take_required(reader, "base", problems);
        auto pool = base ? read_base(*base, problems) : std::nullopt;
        const auto value = take_required(reader, "size", problems);
        const auto size =
            value ? read_size(*value, pool ? pool->length : shortest_prefix, problems) : std::nullopt;
        reader.finish("swarm.address-pool");
        if (size && swarm.subnet_size.value_or(*size) != *size)
            problems.add(value->pointer(),
                         "expected " + std::to_string(*swarm.subnet_size) +
                             ", as in the pools before: a swarm has one size for all, found " +
                             std::to_string(*size));
        else if (size) swarm.subnet_size = size;
        if (!pool) continue;
        refuse_overlap(*pool, pools, problems);
        swarm.address_pools.push_back(pool->base);
        pools.push_back(std::move(*pool));
    }
}

}  // namespace dockerext::settings
