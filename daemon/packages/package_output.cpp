#include "packages/package_output.hpp"

#include <algorithm>

namespace dockerext::packages {
namespace {

struct Phrase {
    std::string_view text;
    PackageFault fault;
};

/// The first phrase that is found counts, so causes come before their consequences.
constexpr Phrase phrases[] = {
    {"No space left on device", PackageFault::disk_full},
    {"You don't have enough free space", PackageFault::disk_full},
    {"more space needed on the", PackageFault::disk_full},  // dnf, rpm
    {"needs to be freed", PackageFault::disk_full},
    {"Not enough disk space", PackageFault::disk_full},
    {"Could not get lock", PackageFault::lock_held},
    {"Unable to acquire the dpkg frontend lock", PackageFault::lock_held},
    {"dpkg frontend lock was locked by another process", PackageFault::lock_held},
    {"dpkg database lock was locked by another process", PackageFault::lock_held},
    {"System management is locked by the application", PackageFault::lock_held},
    {"can't create transaction lock", PackageFault::lock_held},
    {"Failed to obtain the transaction lock", PackageFault::lock_held},
    {"failed to acquire lock", PackageFault::lock_held},  // tdnf
    {"dpkg was interrupted", PackageFault::interrupted},
    {"dpkg --configure -a", PackageFault::interrupted},
    {"NO_PUBKEY", PackageFault::untrusted},
    {"is not signed", PackageFault::untrusted},
    {"GPG check FAILED", PackageFault::untrusted},
    {"cannot be authenticated", PackageFault::untrusted},
    {"Signature verification failed", PackageFault::untrusted},
    {"signatures couldn't be verified", PackageFault::untrusted},
    {"signatures were invalid", PackageFault::untrusted},
    {"Redirection from https to", PackageFault::insecure_redirect},  // apt
    {"Protocol \"http\" ", PackageFault::insecure_redirect},         // curl: not supported, disabled
    {"404  Not Found", PackageFault::stale_lists},
    {"Hash Sum mismatch", PackageFault::stale_lists},
    {"Temporary failure resolving", PackageFault::no_network},
    {"Could not resolve", PackageFault::no_network},
    {"Couldn't resolve host", PackageFault::no_network},
    {"Could not connect", PackageFault::no_network},
    {"Cannot initiate the connection", PackageFault::no_network},
    {"Failed to fetch", PackageFault::no_network},
    {"Network is unreachable", PackageFault::no_network},
    {"Connection timed out", PackageFault::no_network},
    {"Failed to connect to", PackageFault::no_network},
    {"Curl error", PackageFault::no_network},
    {"Failed to download metadata", PackageFault::no_network},
    {"Error: 1207", PackageFault::no_network},  // tdnf
    {"Unable to locate package", PackageFault::not_found},
    {"has no installation candidate", PackageFault::not_found},
    {"was not found", PackageFault::not_found},  // apt: Version '26*' for 'docker.io' was not found
    {"Unable to find a match", PackageFault::not_found},
    {"No match for argument", PackageFault::not_found},
    {"No matching packages", PackageFault::not_found},
    {"not found in package names", PackageFault::not_found},
    {"No provider of", PackageFault::not_found},
};

/// The text between `before` and `after`.
std::optional<std::string_view> between(std::string_view text, std::string_view before,
                                        std::string_view after) {
    const std::size_t begin = text.find(before);
    if (begin == std::string_view::npos) return std::nullopt;
    const std::string_view rest = text.substr(begin + before.size());
    const std::size_t end = rest.find(after);
    if (end == std::string_view::npos) return std::nullopt;
    return rest.substr(0, end);
}

}  // namespace

PackageFault package_fault(std::string_view output) {
    const auto found = std::find_if(std::begin(phrases), std::end(phrases), [&](const Phrase& phrase) {
        return output.find(phrase.text) != std::string_view::npos;
    });
    return found == std::end(phrases) ? PackageFault::other : found->fault;
}

std::string_view to_text(PackageFault fault) {
    switch (fault) {
    case PackageFault::lock_held: return "another process is using the package manager";
    case PackageFault::disk_full: return "the disk is full";
    case PackageFault::untrusted: return "the packages are not signed with the expected key";
    case PackageFault::stale_lists: return "the package server does not have the packages that it lists";
    case PackageFault::no_network: return "the package server cannot be reached";
    case PackageFault::insecure_redirect:
        return "the package server redirects from https to http, which is not secure";
    case PackageFault::not_found: return "package or version not found";
    case PackageFault::interrupted: return "an earlier installation was interrupted";
    case PackageFault::other: break;
    }
    return "the package manager failed";
}

std::string lock_holder(std::string_view output) {
    if (const auto apt = between(output, "It is held by ", ")")) return std::string(*apt) + ")";
    if (const auto zypper = between(output, "locked by the application with pid ", ")"))
        return "process " + std::string(*zypper) + ")";
    if (const auto dnf = between(output, "Waiting for process with pid ", " to finish"))
        return "process " + std::string(*dnf);
    return {};
}

std::optional<std::string> package_progress(std::string_view line) {
    const bool waits = line.starts_with("Waiting for cache lock") ||
                       line.starts_with("Waiting for process with pid") ||
                       package_fault(line) == PackageFault::lock_held;
    if (waits) {
        const std::string holder = lock_holder(line);
        return "waiting for the package manager's lock" + (holder.empty() ? "" : ", held by " + holder);
    }
    if (const auto package = between(line, "Unpacking ", " ")) return "unpacking " + std::string(*package);
    if (const auto package = between(line, "Setting up ", " ")) return "setting up " + std::string(*package);
    if (line.starts_with("Get:")) return "downloading packages";
    return std::nullopt;
}

}  // namespace dockerext::packages
