#include "compose/assemble.hpp"

#include "compose/extends.hpp"
#include "compose/include.hpp"
#include "compose/merge.hpp"
#include "compose/unique.hpp"

#include <utility>

namespace dockerext::compose {
namespace {

template <typename Prepare>
Node merge_all(std::vector<Node> documents, Diagnostics& diagnostics, Prepare prepare) {
    Node whole;
    bool first = true;
    for (Node& document : documents) {
        prepare(document);
        if (std::exchange(first, false)) whole = std::move(document);
        else merge_document(whole, std::move(document), diagnostics);
    }
    return whole;
}

}  // namespace

Node::Map* services_of(Node& document) {
    Node* services = document.find("services");
    return std::get_if<Node::Map>(services ? &services->value : &document.value);
}

Node assemble(std::vector<Node> documents, const Scope& scope, Sources& sources, Diagnostics& diagnostics) {
    Node whole = merge_all(std::move(documents), diagnostics, [&](Node& document) {
        interpolate(document, scope.environment, diagnostics);
        apply_extends(document, scope, sources, diagnostics);
        apply_includes(document, scope, sources, diagnostics);
    });
    clear_merge_marks(whole);
    if (Node::Map* services = services_of(whole)) make_unique(*services);
    return whole;
}

Node interpolated(std::vector<Node> documents, const Scope& scope, Diagnostics& diagnostics) {
    return merge_all(std::move(documents), diagnostics,
                     [&](Node& document) { interpolate(document, scope.environment, diagnostics); });
}

}  // namespace dockerext::compose
