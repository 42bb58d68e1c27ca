#pragma once

#include "page/html_writer.hpp"
#include "page/page.hpp"

namespace dockerext::page {

// The contents of the page's sections, below their headings.

void write_state(HtmlWriter& html, const model::Status& status);
/// Collapses actions that repeat, as `dockerextd history` does.
void write_actions(HtmlWriter& html, const state::HistoryPage& history);
/// Images, limits, dependencies and ports.
void write_outlines(HtmlWriter& html, const model::Status* status,
                    const std::vector<model::ServiceOutline>& services);
void write_plan(HtmlWriter& html, const model::PlanListing& plan);
void write_findings(HtmlWriter& html, const std::vector<model::Finding>& findings);

}  // namespace dockerext::page
