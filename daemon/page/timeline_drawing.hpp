#pragma once

#include "page/html_writer.hpp"
#include "page/timeline.hpp"

#include <vector>

namespace dockerext::page {

/// What the timeline shows, in words: "3 times repaired, once replaced; not well for 4 min 5 s".
std::string summary_of(const Timeline& timeline);

/// The legend, the axis, and a line for each service with its summary.
void write_timelines(HtmlWriter& html, const model::Status& status, const std::vector<Timeline>& timelines,
                     Period period);

}  // namespace dockerext::page
