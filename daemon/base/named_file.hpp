#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <cstddef>
#include <filesystem>
#include <string>

namespace dockerext {

/// Opens a regular file for reading by its path relative to `folder`, one component after the other, each
/// relative to the descriptor of the one before. No component is a link or "..": whatever is renamed or
/// swapped meanwhile, the file is beneath the folder. `not_found` when absent.
Result<UniqueFd> open_beneath(int folder, const std::filesystem::path& path);

/// Opens a regular file for reading that a document names by an absolute path. A link on the way is followed
/// only where nobody but root can make one, in a folder that is root's and that no one else may write; any
/// other is `invalid_input`: whoever can write the folder could lead us anywhere. `not_found` when absent.
Result<UniqueFd> open_named_file(const std::filesystem::path& path);

/// The same for a folder.
Result<UniqueFd> open_named_folder(const std::filesystem::path& path);

/// What a named file holds; `invalid_input` when that is more than `limit` bytes.
Result<std::string> read_named_file(const std::filesystem::path& path, std::size_t limit);

}  // namespace dockerext
