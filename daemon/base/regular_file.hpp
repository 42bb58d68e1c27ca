#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace dockerext {

/// Opens a regular file for reading, relative to `folder` (or AT_FDCWD). Follows no link and does not block
/// on a FIFO; anything but a regular file is `invalid_input`. `not_found` if absent; `unavailable` if out of
/// descriptors or memory.
Result<UniqueFd> open_regular(int folder, const std::string& name);

/// Reads the rest of `fd`; `invalid_input` if that is more than `limit` bytes.
Result<std::string> read_all(const UniqueFd& fd, std::size_t limit);

/// Opens and reads a regular file of at most `limit` bytes.
Result<std::string> read_regular(const std::filesystem::path& path, std::size_t limit);

/// Writes all of `bytes`, in as many calls as it takes. On failure errno is still that of the call.
Result<> write_all(const UniqueFd& fd, std::string_view bytes);

/// Writes a file that does not exist yet, readable only for its owner. Leaves none behind if that fails.
Result<> write_new(const std::filesystem::path& path, std::string_view bytes);

}  // namespace dockerext
