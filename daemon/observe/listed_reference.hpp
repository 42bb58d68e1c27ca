#pragma once

#include <string>
#include <string_view>

namespace dockerext::observe {

/// A reference as GET /images/json lists it: "docker.io/library/nginx" and "nginx" are "nginx:latest", and
/// beside a digest the tag does not count: "nginx:1@sha256:…" is "nginx@sha256:…".
std::string listed_reference(std::string_view reference);

}  // namespace dockerext::observe
