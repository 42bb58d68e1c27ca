#include "compose/ulimits.hpp"

#include <array>

namespace dockerext::compose {
namespace {

constexpr std::array ulimit_field_array = std::to_array<Field<Ulimit>>({
    field<&Ulimit::soft>("soft"),
    field<&Ulimit::hard>("hard"),
});
constexpr std::span<const Field<Ulimit>> ulimit_fields(ulimit_field_array);

}  // namespace

void read_ulimits(const Node& node, Ulimits& into, Diagnostics& diagnostics) {
    const Node::Map* map = expect_map(node, diagnostics);
    if (!map) return;
    for (const auto& [name, value] : *map) {
        Ulimit& limit = into[name];
        if (!value.map()) {
            read(value, limit.single, diagnostics);
            continue;
        }
        read_fields(value, limit, ulimit_fields, "an ulimit", diagnostics);
        if (!value.find("soft") || !value.find("hard"))
            diagnostics.problem(value, "'soft' and 'hard' are both needed");
    }
}

void write_ulimits(std::string_view name, const Ulimits& ulimits, CanonicalJson& json) {
    if (ulimits.empty()) return;
    json.key(name);
    json.open_object();
    for (const auto& [limit, value] : ulimits) {
        json.key(limit);
        if (value.single != 0) json.number(value.single);
        else write_fields(value, ulimit_fields, json);
    }
    json.close_object();
}

std::map<std::string, model::Ulimit> to_model(const Ulimits& ulimits) {
    std::map<std::string, model::Ulimit> into;
    for (const auto& [name, limit] : ulimits) {
        const bool pair = limit.single == 0;
        into[name] = {model::limit_from<std::int64_t>(pair ? limit.soft : limit.single),
                      model::limit_from<std::int64_t>(pair ? limit.hard : limit.single)};
    }
    return into;
}

}  // namespace dockerext::compose
