#pragma once

#include "base/error.hpp"
#include "dockerd/command_line.hpp"
#include "model/settings.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::dockerd {

using Variables = std::map<std::string, std::string>;

struct EnvironmentFile {
    std::string path;
    bool is_optional = false;
    bool operator==(const EnvironmentFile&) const = default;
};

/// The parts of docker.service that make up dockerd's command line.
struct EngineUnit {
    std::string exec_start;  ///< as written, with prefixes and variables, in one line
    Variables variables;
    std::vector<EnvironmentFile> environment_files;  ///< later ones override earlier ones and `variables`
};

/// Reads the unit from its fragment and the drop-ins, except this daemon's own. The texts are in the order in
/// which systemd reads them. An error means that systemd would not start this unit.
Result<EngineUnit> read_engine_unit(std::span<const std::string> texts);

/// The retired Azure Docker VM Extension replaced the line ExecStart= in the package's own file of the unit
/// by one with its settings as flags. These settings are ours now, so that its flags no longer count: the
/// line without them, or nullopt if the line in force is not of that extension, with a port or certificates.
/// `path` is that of the first of the texts (read_engine_unit).
std::optional<std::string> exec_start_before_extension(std::string_view path,
                                                       std::span<const std::string> texts);

/// The arguments that dockerd gets, without the program itself. A variable that is not set is empty.
/// systemd's specifiers are not expanded, except %%.
std::vector<std::string> arguments_of(std::string_view exec_start, const Variables& variables);

enum class Tls { no, yes };

/// Flags, and the setting that they come from.
struct FlagSource {
    std::string origin;  ///< "docker.options"
    std::vector<std::string> arguments;
};

/// The flags to add to the unit's own: docker.options, docker.port, and the certificates in /etc/docker. For
/// docker.insecure-port, `--tls=false` is added, unless certificates or other flags configure TLS. An address
/// replaces dockerd's usual socket. So that socket is added when no other place gives dockerd an address on
/// this machine: otherwise neither the daemon nor local users could reach the engine.
std::vector<FlagSource> flags_to_add(const model::DockerSettings& settings, Tls tls,
                                     std::span<const GivenFlag> unit_flags);

/// The text of the daemon's own drop-in. `exec_start` is the one of the unit.
std::string engine_drop_in(std::string_view exec_start, std::span<const FlagSource> sources);

}  // namespace dockerext::dockerd
