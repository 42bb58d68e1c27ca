#pragma once

#include "base/error.hpp"
#include "model/dockerd_command.hpp"
#include "model/settings.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::plan {

using Variables = std::map<std::string, std::string>;

struct EnvironmentFile {
    std::string path;
    bool may_be_absent = false;
    bool operator==(const EnvironmentFile&) const = default;
};

/// What docker.service says of dockerd's command line.
struct EngineUnit {
    std::string exec_start;  ///< as it is written, prefixes and variables and all, in one line
    Variables variables;
    std::vector<EnvironmentFile> environment_files;  ///< later ones win, and all of them over `variables`
};

/// The unit that its fragment and the drop-ins of others make, texts in the order in which systemd reads
/// them. Our own drop-in is not among them. An error where that is no unit which systemd would start.
Result<EngineUnit> read_engine_unit(std::span<const std::string> texts);

/// The arguments that dockerd gets, without the program itself. A variable that is not set is nothing.
/// Specifiers of systemd, but for %%, stay as they are.
std::vector<std::string> arguments_of(std::string_view exec_start, const Variables& variables);

enum class Tls { no, yes };

/// Flags, and who sets them.
struct FlagSource {
    std::string place;  ///< "docker.options"
    std::vector<std::string> arguments;
};

/// What is to be added to the unit's own flags: docker.options, docker.port, and the certificates in
/// /etc/docker. A docker.insecure-port is said to be meant so, unless somebody else speaks of TLS. An address
/// takes the place of dockerd's usual socket: where nobody else gives it one on this machine, that socket is
/// added, for else the engine would be out of reach for us and everybody here.
std::vector<FlagSource> our_flags(const model::DockerSettings& settings, Tls tls,
                                  std::span<const model::GivenFlag> own_flags);

/// The text of our drop-in. `exec_start` is the unit's own.
std::string engine_drop_in(std::string_view exec_start, std::span<const FlagSource> sources);

}  // namespace dockerext::plan
