#pragma once

#include "base/task.hpp"
#include "model/support_bundle.hpp"
#include "state/paths.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// What a bundle contains besides the commands' own output. For this room only.
namespace dockerext::bundle {

constexpr Duration part_limit = std::chrono::seconds(30);
constexpr std::size_t part_size = std::size_t{8} << 20;     ///< of a part, in bytes
constexpr std::size_t bundle_size = std::size_t{48} << 20;  ///< of all parts

struct Sources {
    std::filesystem::path root;
    state::Paths paths{root};
    std::string docker_host;
    std::string project;     ///< of the settings; "" if there is none
    std::string handler;     ///< the Azure handler, "PUBLISHER.TYPE"; "" if there is none
    std::size_t margin = 0;  ///< bytes at a text's beginning that may end a secret which was cut off
};

using Parts = std::vector<model::BundlePart>;

/// From the engine. `sources` outlives the call, here and below.
Task<Parts> collect_engine(const Sources& sources);
/// Journals and units, from the programs of systemd.
Task<Parts> collect_systemd(const Sources& sources);
/// Files of the machine, and what Azure's agent logs about us.
Task<Parts> collect_files(const Sources& sources);

/// Whether a connection to the engine's usual socket would make systemd start the engine, by the states of
/// docker.socket and docker.service that `systemctl show` prints.
bool would_start_engine(std::string_view shown);

/// The newest part of a text that was cut off at its beginning, without what may be the end of a secret.
std::string without_margin(std::string text, std::size_t margin);

}  // namespace dockerext::bundle
