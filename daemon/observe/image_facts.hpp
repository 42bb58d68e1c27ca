#pragma once

#include "base/json_cursor.hpp"
#include "model/observed.hpp"

#include <set>
#include <string>
#include <string_view>

namespace dockerext::observe {

/// GET /images/{ref}/json.
Result<model::ObservedImage> read_image(const JsonCursor& inspect);

/// The digests in references like "nginx@sha256:…".
std::set<std::string> digests_in(const std::set<std::string>& references);

/// Converts a reference to the form in GET /images/json: "docker.io/library/nginx" and "nginx" become
/// "nginx:latest". A digest makes the tag irrelevant: "nginx:1@sha256:…" becomes "nginx@sha256:…".
std::string listed_reference(std::string_view reference);

}  // namespace dockerext::observe
