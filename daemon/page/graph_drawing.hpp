#pragma once

#include "model/status.hpp"
#include "page/graph.hpp"
#include "page/html_writer.hpp"

namespace dockerext::page {

/// The drawing, its legend, and the names of the services that have no dependency.
void write_graph(HtmlWriter& html, const model::Status* status,
                 const std::vector<model::ServiceOutline>& services);

/// "to be healthy": what a service waits for.
std::string condition_text(model::DependencyCondition condition);

}  // namespace dockerext::page
