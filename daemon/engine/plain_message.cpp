#include "engine/plain_message.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace dockerext::engine {
namespace {

/// Of 20.10 to 29, in the order in which they are nested.
constexpr std::array<std::string_view, 8> layers = {"failed to create task for container: ",
                                                    "failed to set up container networking: ",
                                                    "failed to create shim task: ",
                                                    "OCI runtime create failed: ",
                                                    "runc create failed: ",
                                                    "starting container process caused: ",
                                                    "unable to start container process: ",
                                                    "Error starting userland proxy: "};
constexpr std::string_view endpoint = "driver failed programming external connectivity on endpoint ";
constexpr std::string_view unknown_cause = ": unknown";

/// "container_linux.go:380: ", as old versions of runc begin.
std::size_t source_line_size(std::string_view text) {
    constexpr std::string_view file = "container_linux.go:";
    if (!text.starts_with(file)) return 0;
    const std::size_t end = text.find(": ", file.size());
    return end == std::string_view::npos ? 0 : end + 2;
}

/// "driver failed … on endpoint NAME (ID): "
std::size_t endpoint_size(std::string_view text) {
    if (!text.starts_with(endpoint)) return 0;
    const std::size_t end = text.find("): ", endpoint.size());
    return end == std::string_view::npos ? 0 : end + 3;
}

/// The size of the layers that `text` begins with.
std::size_t layers_size(std::string_view text) {
    std::size_t size = 0;
    for (bool found = true; found;) {
        const std::string_view rest = text.substr(size);
        const auto* const layer = std::find_if(layers.begin(), layers.end(),
                                               [&](std::string_view each) { return rest.starts_with(each); });
        std::size_t next = layer == layers.end() ? 0 : layer->size();
        if (next == 0) next = std::max(source_line_size(rest), endpoint_size(rest));
        size += next;
        found = next > 0;
    }
    return size;
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

/// Digests ("sha256:…") stay: people look for them in registries.
std::string with_short_ids(std::string_view text) {
    constexpr std::size_t id_size = 64;
    constexpr std::size_t shown_size = 12;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && is_hex(text[end])) ++end;
        const bool is_id = end - at == id_size && (at == 0 || text[at - 1] != ':');
        out += text.substr(at, is_id ? shown_size : std::max<std::size_t>(end - at, 1));
        at = std::max(end, at + 1);
    }
    return out;
}

/// "manifest unknown: manifest unknown" says it twice.
void remove_repetition(std::string& text) {
    const std::size_t last = text.rfind(": ");
    if (last == std::string::npos) return;
    const std::string_view end = std::string_view(text).substr(last + 2);
    const std::string_view before = std::string_view(text).substr(0, last);
    if (before.ends_with(end)) text.erase(last);
}

constexpr std::string_view unreachable =
    "network: this machine does not reach the registry; check the registry's name, and DNS, firewall and "
    "proxy of this machine";

struct Advice {
    std::string_view advice;
    std::array<std::string_view, 8> signs;  ///< any of them; unused ones are ""
};

/// The first with a sign in the message counts.
constexpr auto advices = std::to_array<Advice>({
    {"rate limit: wait, log in to this registry (login), or use a mirror of it (registry-mirrors)",
     {"toomanyrequests", "429 Too Many Requests", "pull rate limit"}},
    {"disk: free some space on the engine's disk, or let unused images go (reconcile.images)",
     {"no space left on device", "disk quota exceeded"}},
    {"platform: the registry has this image only for other kinds of machines; check the image and `platform`",
     {"no matching manifest", "no match for platform", "does not match the specified platform"}},
    {"name or credentials: there is no such repository, or it needs a login; check the image's name, and the "
     "registry's login",
     {"repository does not exist or may require"}},
    {"credentials: the registry refuses this login, or wants one; check `login` in the protected settings",
     {"no basic auth credentials", "unauthorized", "authentication required", "access denied", "denied",
      "403 Forbidden"}},
    {"name: the registry has no such image or tag; check how it is written",
     {"manifest unknown", "name unknown", "invalid reference format", "not found"}},
    {"certificate: the engine does not trust the registry's; put its CA into "
     "/etc/docker/certs.d/REGISTRY/ca.crt, "
     "or set the machine's clock",
     {"x509: "}},
    {"network: the registry speaks HTTP, not HTTPS; if that is intended, list it in `insecure-registries` of "
     "docker.config",
     {"server gave HTTP response to HTTPS client", "first record does not look like a TLS handshake"}},
    {unreachable,
     {"dial tcp", "no such host", "i/o timeout", "TLS handshake timeout", "Client.Timeout exceeded",
      "connection reset by peer", "context deadline exceeded", "proxyconnect"}},
    {"registry: it has an internal error; ask who runs it",
     {"unexpected HTTP status: 5", "500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable",
      "504 Gateway Timeout"}},
});

bool has_sign(const Advice& advice, std::string_view message) {
    return std::any_of(advice.signs.begin(), advice.signs.end(), [&](std::string_view sign) {
        return !sign.empty() && message.find(sign) != std::string_view::npos;
    });
}

}  // namespace

std::string plain_message(std::string_view text, const Redactor& redact) {
    std::string message = redact(text);
    const std::size_t outer = layers_size(message);
    const bool has_layers = outer > 0;
    message.erase(0, outer);
    if (has_layers) {
        const std::size_t unknown = message.find(unknown_cause);
        const bool is_end =
            unknown != std::string::npos && (unknown + unknown_cause.size() == message.size() ||
                                             message[unknown + unknown_cause.size()] == ':');
        if (is_end) message.erase(unknown, unknown_cause.size());
    }
    message = with_short_ids(message);
    remove_repetition(message);
    return message;
}

std::string pull_advice(const std::string& message) {
    const auto* const found = std::find_if(advices.begin(), advices.end(),
                                           [&](const Advice& each) { return has_sign(each, message); });
    return found == advices.end() ? "" : std::string(found->advice);
}

bool is_registry_unreachable(const Error& error) {
    return error.kind() == ErrorKind::timeout || pull_advice(error.message()) == unreachable;
}

}  // namespace dockerext::engine
