#include "compose/image_name.hpp"

#include "compose/read.hpp"
#include "model/image_reference.hpp"

namespace dockerext::compose {
namespace {

void check(const Node& node, Diagnostics& diagnostics) {
    if (node.text() && !node.text()->empty())
        check_image_name(*node.text(), node.pointer, diagnostics.empty_variable_in(node), diagnostics);
}

}  // namespace

void check_image_name(const std::string& name, const std::string& pointer, const std::string& hint,
                      Diagnostics& diagnostics) {
    const std::string fault = model::image_reference_error(name);
    if (!fault.empty())
        diagnostics.problems.add(pointer, "'" + name + "' is not an image reference: " + fault + hint);
}

void read_image_name(const Node& node, std::string& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    check(node, diagnostics);
}

void read_image_names(const Node& node, std::vector<std::string>& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    if (!node.list()) return;
    for (const Node& item : *node.list()) check(item, diagnostics);
}

void read_cache_sources(const Node& node, std::vector<std::string>& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    if (!node.list()) return;
    for (const Node& item : *node.list()) {
        const bool for_buildkit = item.text() && item.text()->find('=') != std::string::npos;
        if (!for_buildkit) check(item, diagnostics);
    }
}

}  // namespace dockerext::compose
