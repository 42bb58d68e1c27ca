#include "engine/client.hpp"

namespace dockerext::engine {

Result<std::filesystem::path> parse_docker_host(std::string_view docker_host) {
    constexpr std::string_view scheme = "unix://";
    std::string_view path = docker_host;
    if (path.starts_with(scheme)) path.remove_prefix(scheme.size());
    if (path.size() < 2 || !path.starts_with('/')) {
        return Error(ErrorKind::invalid_input, "the docker host '" + std::string(docker_host) +
                                                   "' is not a unix socket: expected unix:///path or /path");
    }
    return std::filesystem::path(path);
}

std::string url_encoded(std::string_view text) {
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";  // RFC 3986: unreserved
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (plain.find(c) != std::string_view::npos) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 0x0F];
    }
    return out;
}

}  // namespace dockerext::engine
