#include "base/url.hpp"
#include "engine/client.hpp"

namespace dockerext::engine {

Result<std::filesystem::path> parse_docker_host(std::string_view docker_host) {
    const auto url = split_url(docker_host);
    const std::string_view path = url && url->scheme == "unix" ? url->rest : docker_host;
    if (path.size() < 2 || !path.starts_with('/')) {
        return Error(ErrorKind::invalid_input, "the docker host '" + std::string(docker_host) +
                                                   "' is not a unix socket: expected unix:///path or /path");
    }
    return std::filesystem::path(path);
}

}  // namespace dockerext::engine
