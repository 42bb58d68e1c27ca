#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace dockerext {

/// Opens a file for reading, relative to `folder` (or AT_FDCWD). No link is followed, a FIFO is not waited
/// for, and anything but a regular file is `invalid_input`. `not_found` when absent; `unavailable` when out
/// of descriptors or memory.
Result<UniqueFd> open_regular(int folder, const std::string& name);

/// What is left to read of `fd`; `invalid_input` when that is more than `limit` bytes.
Result<std::string> read_all(const UniqueFd& fd, std::size_t limit);

/// Both in one: a regular file of at most `limit` bytes.
Result<std::string> read_regular(const std::filesystem::path& path, std::size_t limit);

/// All of `bytes`, however many calls it takes. When it fails, errno is still that of the call.
Result<> write_all(const UniqueFd& fd, std::string_view bytes);

}  // namespace dockerext
