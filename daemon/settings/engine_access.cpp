#include "settings/engine_access.hpp"

#include "base/tcp_address.hpp"
#include "base/url.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::settings {
namespace {

constexpr std::string_view port_pointer = "/docker/port";

struct Address {
    std::string text;
    std::string pointer;
};

/// All addresses in docker.options and docker.config that dockerd would listen on.
std::vector<Address> addresses_of(const DockerPart& docker) {
    std::vector<Address> addresses;
    for (const EngineOption& option : docker.options.flags) {
        if (option.flag.name == "host" && option.flag.value) {
            addresses.push_back({*option.flag.value, option.pointer});
        }
    }
    const auto hosts = config_member(docker, "hosts");
    if (!hosts || !hosts->is(JsonType::array)) return addresses;
    const auto items = hosts->items();
    for (const JsonCursor& item : *items) {
        if (auto text = item.string()) addresses.push_back({std::move(*text), item.pointer()});
    }
    return addresses;
}

bool verifies_clients(const DockerPart& docker) {
    const auto& flags = docker.options.flags;
    const auto last = std::find_if(flags.rbegin(), flags.rend(), [](const EngineOption& option) {
        return option.flag.name == "tlsverify";
    });
    if (last != flags.rend()) return last->flag.value.value_or("true") == "true";
    const auto key = config_member(docker, "tlsverify");
    if (!key) return false;
    const auto verify = key->boolean();
    return verify && *verify;
}

void refuse_unprotected_engine(const DockerPart& docker, Problems& problems) {
    const std::string remedy =
        ": anyone who can reach it can take over the machine; add certs to the protected settings, or set "
        "docker.insecure-port to true";
    if (docker.settings.port) problems.add(std::string(port_pointer), "a port without certs" + remedy);
    for (const Address& address : addresses_of(docker)) {
        if (!is_remotely_reachable(address.text)) continue;
        problems.add(address.pointer, "an open TCP address without TLS verification" + remedy);
    }
}

/// `name` is the setting that becomes the flags.
void refuse_keys(const DockerPart& docker, std::initializer_list<std::string_view> keys,
                 std::string_view name, Problems& problems) {
    for (const std::string_view key : keys) {
        const auto member = config_member(docker, key);
        if (!member) continue;
        problems.add(member->pointer(), "is set by " + std::string(name) +
                                            " as well, on dockerd's command line; dockerd does "
                                            "not start with both, keep one");
    }
}

}  // namespace

bool is_remotely_reachable(std::string_view address) {
    constexpr std::string_view blanks = " \t\r\n\v\f";  // which dockerd ignores around it
    address.remove_prefix(std::min(address.find_first_not_of(blanks), address.size()));
    const auto url = split_url(address);
    if (url && url->scheme != "tcp") return false;
    if (url) address = url->rest;
    const std::string_view host = address.substr(0, address.rfind(':'));
    return !host.empty() && host != "localhost" && host != "[::1]" && !is_loopback({std::string(host), 1});
}

void check_engine_access(const DockerPart& docker, CertificatesGiven certificates, Problems& problems) {
    if (certificates == CertificatesGiven::no && !docker.settings.insecure_port &&
        !verifies_clients(docker)) {
        refuse_unprotected_engine(docker, problems);
    }
    if (docker.settings.port) refuse_keys(docker, {"hosts"}, port_pointer, problems);
    if (certificates == CertificatesGiven::yes) {
        refuse_keys(docker, {"tls", "tlsverify", "tlscacert", "tlscert", "tlskey"}, "/protected/certs",
                    problems);
    }
}

}  // namespace dockerext::settings
