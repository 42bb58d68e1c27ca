#include "compose/assemble.hpp"

#include "compose/extends.hpp"
#include "compose/include.hpp"
#include "compose/merge.hpp"
#include "compose/unique.hpp"

#include <utility>

namespace dockerext::compose {
namespace {

/// What has nothing to take away takes itself away. Depth is limited by the parsers.
void drop_resets(Node& node) {
    const auto is_reset = [](const Node& member) { return member.merging == Merging::reset; };
    if (auto* list = std::get_if<Node::List>(&node.value)) {
        std::erase_if(*list, is_reset);
        for (Node& item : *list) drop_resets(item);
    } else if (auto* map = std::get_if<Node::Map>(&node.value)) {
        std::erase_if(*map, [&](const auto& member) { return is_reset(member.second); });
        for (auto& member : *map) drop_resets(member.second);
    }
}

template <typename Prepare>
Node laid_together(std::vector<Node> documents, Report& report, Prepare prepare) {
    Node whole;
    bool first = true;
    for (Node& document : documents) {
        prepare(document);
        if (std::exchange(first, false)) whole = std::move(document);
        else merge_document(whole, std::move(document), report);
    }
    drop_resets(whole);
    return whole;
}

}  // namespace

Node::Map* services_of(Node& document) {
    Node* services = document.find("services");
    return std::get_if<Node::Map>(services ? &services->value : &document.value);
}

Node assemble(std::vector<Node> documents, const Scope& scope, Sources& sources, Report& report) {
    Node whole = laid_together(std::move(documents), report, [&](Node& document) {
        interpolate(document, scope.environment, report);
        apply_extends(document, scope, sources, report);
        apply_includes(document, scope, sources, report);
    });
    if (Node::Map* services = services_of(whole)) make_unique(*services);
    return whole;
}

Node interpolated(std::vector<Node> documents, const Scope& scope, Report& report) {
    return laid_together(std::move(documents), report,
                         [&](Node& document) { interpolate(document, scope.environment, report); });
}

}  // namespace dockerext::compose
