#include "state/json_values.hpp"

#include "base/json_reader.hpp"

namespace dockerext::state {
namespace {

using Texts = std::map<std::string, std::string>;

void write_texts(std::string_view key, const Texts& texts, JsonWriter& json) {
    json.begin_object(key);
    for (const auto& [name, text] : texts) json.text(name, text);
    json.end_object();
}

Texts texts_in(ObjectReader& object, std::string_view key) {
    Texts texts;
    const auto found = object.take(key);
    const auto members = found ? found->members() : std::vector<std::pair<std::string, JsonCursor>>{};
    if (!members) return texts;
    for (const auto& [name, member] : *members) {
        if (auto text = member.string()) texts.emplace(name, std::move(*text));
    }
    return texts;
}

model::IpamPool pool_of(const JsonCursor& json) {
    Problems problems;
    ObjectReader pool(json, problems);
    return {.subnet = pool.string("subnet").value_or(""),
            .gateway = pool.string("gateway").value_or(""),
            .ip_range = pool.string("ipRange").value_or(""),
            .aux_addresses = texts_in(pool, "auxAddresses")};
}

}  // namespace

void write_network(const model::ObservedNetwork& network, JsonWriter& json) {
    json.text("id", network.id.value);
    json.text("name", network.name.value);
    write_texts("labels", network.labels, json);
    json.text("driver", network.driver);
    write_texts("driverOptions", network.driver_options, json);
    json.text("ipamDriver", network.ipam_driver);
    json.begin_array("ipamPools");
    for (const model::IpamPool& pool : network.ipam_pools) {
        json.begin_object();
        json.text("subnet", pool.subnet);
        json.text("gateway", pool.gateway);
        json.text("ipRange", pool.ip_range);
        write_texts("auxAddresses", pool.aux_addresses, json);
        json.end_object();
    }
    json.end_array();
    json.boolean("internal", network.internal);
    json.boolean("attachable", network.attachable);
    json.boolean("enableIpv6", network.enable_ipv6);
}

model::ObservedNetwork network_of(const JsonCursor& json) {
    Problems problems;
    ObjectReader object(json, problems);
    model::ObservedNetwork network{.id = {object.string("id").value_or("")},
                                   .name = {object.string("name").value_or("")},
                                   .labels = texts_in(object, "labels"),
                                   .driver = object.string("driver").value_or(""),
                                   .driver_options = texts_in(object, "driverOptions"),
                                   .ipam_driver = object.string("ipamDriver").value_or(""),
                                   .internal = object.boolean("internal").value_or(false),
                                   .attachable = object.boolean("attachable").value_or(false),
                                   .enable_ipv6 = object.boolean("enableIpv6").value_or(false)};
    const auto pools = object.take("ipamPools");
    const auto items = pools ? pools->items() : std::vector<JsonCursor>{};
    if (!items) return network;
    for (const JsonCursor& pool : *items) network.ipam_pools.push_back(pool_of(pool));
    return network;
}

}  // namespace dockerext::state
