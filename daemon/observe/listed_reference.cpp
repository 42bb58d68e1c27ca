#include "observe/listed_reference.hpp"

#include "engine/image_reference.hpp"

namespace dockerext::observe {
namespace {

std::string_view without_prefix(std::string_view text, std::string_view prefix) {
    return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

}  // namespace

std::string listed_reference(std::string_view reference) {
    const std::string_view within_hub =
        without_prefix(without_prefix(reference, "index.docker.io/"), "docker.io/");
    const engine::ImageReference parts = engine::split_reference(without_prefix(within_hub, "library/"));
    const bool is_digest = parts.tag.find(':') != std::string::npos;
    return parts.repository + (is_digest ? "@" : ":") + parts.tag;
}

}  // namespace dockerext::observe
