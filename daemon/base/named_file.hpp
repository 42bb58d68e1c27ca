#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <cstddef>
#include <filesystem>
#include <string>

namespace dockerext {

/// Opens a regular file for reading by its path relative to `folder`, one component after the other, each
/// relative to the descriptor of the one before. No component may be a link or "..": the file is beneath the
/// folder, even if something is renamed or swapped meanwhile. `not_found` if absent.
Result<UniqueFd> open_beneath(int folder, const std::filesystem::path& path);

/// Opens a regular file for reading that a document names by an absolute path. Follows a link on the way only
/// if only root can have made it: in a folder that root owns and nobody else may write. Any other link is
/// `invalid_input`, because whoever can write the folder could redirect us anywhere. `not_found` if absent.
Result<UniqueFd> open_named_file(const std::filesystem::path& path);

/// The same for a folder.
Result<UniqueFd> open_named_folder(const std::filesystem::path& path);

/// The content of a named file; `invalid_input` if it is longer than `limit` bytes.
Result<std::string> read_named_file(const std::filesystem::path& path, std::size_t limit);

}  // namespace dockerext
