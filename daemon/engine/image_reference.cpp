#include "engine/image_reference.hpp"

namespace dockerext::engine {
namespace {

/// The position of the tag's colon, which comes after a registry's port; npos if there is no tag.
std::size_t tag_colon(std::string_view name) {
    const auto colon = name.rfind(':');
    const auto slash = name.rfind('/');
    const bool is_port = colon != std::string_view::npos && slash != std::string_view::npos && colon < slash;
    return is_port ? std::string_view::npos : colon;
}

}  // namespace

ImageReference split_reference(std::string_view reference) {
    const auto at = reference.find('@');
    const std::string_view name = reference.substr(0, at);
    const auto colon = tag_colon(name);
    const std::string repository(name.substr(0, colon));
    if (at != std::string_view::npos) return {repository, std::string(reference.substr(at + 1))};
    if (colon == std::string_view::npos) return {repository, "latest"};
    return {repository, std::string(name.substr(colon + 1))};
}

}  // namespace dockerext::engine
