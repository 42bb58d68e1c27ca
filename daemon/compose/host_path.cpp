#include "compose/host_path.hpp"

#include <vector>

namespace dockerext::compose {

std::string clean_path(std::string_view path) {
    const bool absolute = path.starts_with('/');
    std::vector<std::string_view> kept;
    while (!path.empty()) {
        const std::string_view part = path.substr(0, path.find('/'));
        path.remove_prefix(part.size() == path.size() ? part.size() : part.size() + 1);
        if (part.empty() || part == ".") continue;
        if (part == ".." && !kept.empty() && kept.back() != "..") kept.pop_back();
        else if (part != ".." || !absolute) kept.push_back(part);
    }
    std::string clean = absolute ? "/" : "";
    for (const std::string_view part : kept) {
        if (!clean.empty() && clean.back() != '/') clean += '/';
        clean += part;
    }
    return clean.empty() ? "." : clean;
}

std::string host_path(std::string_view source, std::string_view directory) {
    if (source.starts_with('/')) return std::string(source);
    if (source.starts_with('~')) return clean_path(std::string(home) + "/" + std::string(source.substr(1)));
    return clean_path(std::string(directory) + "/" + std::string(source));
}

bool is_address(std::string_view context) {
    return context.find("://") != std::string_view::npos || context.starts_with("github.com/") ||
           context.starts_with("git@");
}

}  // namespace dockerext::compose
