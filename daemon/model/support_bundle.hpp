#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dockerext::model {

/// A file of a support bundle: its text, or why it could not be had.
struct BundlePart {
    std::string name;  ///< its path in the bundle: "engine/info.json"
    Result<std::string> text;
};

struct BundleRequest {
    std::filesystem::path root;
    std::string docker_host;
    std::filesystem::path file;     ///< must not exist yet
    std::vector<BundlePart> parts;  ///< what the caller has collected
};

struct BundleReport {
    std::uint64_t bytes = 0;           ///< of the file
    std::size_t parts = 0;             ///< that are in it
    std::vector<std::string> missing;  ///< "engine/info.json: the engine does not answer"
};

}  // namespace dockerext::model
