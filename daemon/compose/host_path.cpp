#include "compose/host_path.hpp"

#include "base/url.hpp"
#include "model/normal_form.hpp"

namespace dockerext::compose {

std::string clean_path(std::string_view path) { return path.empty() ? "." : model::normal::path(path); }

std::string host_path(std::string_view source, std::string_view directory) {
    if (source.starts_with('/')) return std::string(source);
    if (source.starts_with('~')) return clean_path(std::string(home) + "/" + std::string(source.substr(1)));
    return clean_path(std::string(directory) + "/" + std::string(source));
}

bool is_address(std::string_view context) {
    return split_url(context) || context.starts_with("github.com/") || context.starts_with("git@");
}

}  // namespace dockerext::compose
