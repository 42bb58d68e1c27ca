#pragma once

#include "base/error.hpp"
#include "model/host.hpp"

#include <filesystem>
#include <vector>

/// Files of the machine, as parts of a change. Paths are below `root`.
namespace dockerext::apply {

/// The same files as they are now: what puts them back. Fails where one cannot be read, or is no regular
/// file.
Result<std::vector<model::FileChange>> as_they_are(const std::filesystem::path& root,
                                                   const std::vector<model::FileChange>& files);

/// Makes the files so. Those that are so already are not touched; the others are all on disk beside their
/// places before the first is replaced. When it fails after that some are new and some are old.
Result<> make_so(const std::filesystem::path& root, const std::vector<model::FileChange>& files);

}  // namespace dockerext::apply
