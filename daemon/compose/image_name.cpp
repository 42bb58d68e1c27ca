#include "compose/image_name.hpp"

#include "compose/read.hpp"
#include "model/image_reference.hpp"

namespace dockerext::compose {
namespace {

void check(const Node& node, Report& report) {
    if (node.text() && !node.text()->empty())
        check_image_name(*node.text(), node.pointer, report.empty_variable_in(node), report);
}

}  // namespace

void check_image_name(const std::string& name, const std::string& pointer, const std::string& hint,
                      Report& report) {
    const std::string fault = model::fault_of_reference(name);
    if (!fault.empty())
        report.problems.add(pointer, "'" + name + "' is not an image reference: " + fault + hint);
}

void read_image_name(const Node& node, std::string& into, Report& report) {
    read(node, into, report);
    check(node, report);
}

void read_image_names(const Node& node, std::vector<std::string>& into, Report& report) {
    read(node, into, report);
    if (!node.list()) return;
    for (const Node& item : *node.list()) check(item, report);
}

void read_cache_sources(const Node& node, std::vector<std::string>& into, Report& report) {
    read(node, into, report);
    if (!node.list()) return;
    for (const Node& item : *node.list()) {
        const bool for_buildkit = item.text() && item.text()->find('=') != std::string::npos;
        if (!for_buildkit) check(item, report);
    }
}

}  // namespace dockerext::compose
