#pragma once

#include <string>
#include <string_view>

namespace dockerext::engine {

/// An image reference as POST /images/create takes it.
struct ImageReference {
    std::string repository;  ///< "nginx", "host:5000/team/app"
    std::string tag;         ///< "1.25", "latest" if none is given, or "sha256:…"
    bool operator==(const ImageReference&) const = default;
};

/// Splits "repository[:tag][@digest]"; a digest takes precedence over a tag.
ImageReference split_reference(std::string_view reference);

}  // namespace dockerext::engine
