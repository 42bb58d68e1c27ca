#pragma once

#include "model/finding.hpp"
#include "model/plan_listing.hpp"
#include "model/service_outline.hpp"
#include "model/status.hpp"
#include "state/journal.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dockerext::page {

/// What a page is made of. An empty optional: the daemon did not tell; `missing` says why.
struct PageFacts {
    std::string host, version;
    model::WallTime since, now;  ///< the period that the page covers
    std::string headline;        ///< of `status`
    std::optional<model::Status> status;
    std::optional<std::vector<model::ServiceOutline>> services;
    std::optional<state::HistoryPage> history;
    std::optional<model::PlanListing> plan;
    std::vector<model::Finding> findings;  ///< by category
    std::vector<std::string> missing;
};

/// One HTML page with everything in it: it needs no script and loads nothing.
std::string page(const PageFacts& facts);

}  // namespace dockerext::page
