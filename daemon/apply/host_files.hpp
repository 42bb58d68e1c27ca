#pragma once

#include "base/error.hpp"
#include "model/host.hpp"

#include <filesystem>
#include <vector>

/// Files of the machine, as parts of a change. Paths are below `root`.
namespace dockerext::apply {

/// The same files with their present content, to restore them later. Fails if a file cannot be read or is not
/// a regular file.
Result<std::vector<model::FileChange>> current_files(const std::filesystem::path& root,
                                                     const std::vector<model::FileChange>& files);

/// Writes the files. Leaves files alone that already have the desired content; all others are on disk next to
/// their destination before the first is replaced. If it fails after that point, some files are new and some
/// are old.
Result<> write_files(const std::filesystem::path& root, const std::vector<model::FileChange>& files);

}  // namespace dockerext::apply
