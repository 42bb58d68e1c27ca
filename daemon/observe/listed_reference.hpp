#pragma once

#include <string>
#include <string_view>

namespace dockerext::observe {

/// Converts a reference to the form in GET /images/json: "docker.io/library/nginx" and "nginx" become
/// "nginx:latest". A digest makes the tag irrelevant: "nginx:1@sha256:…" becomes "nginx@sha256:…".
std::string listed_reference(std::string_view reference);

}  // namespace dockerext::observe
