#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace dockerext::state {

/// The folder for entries that the daemon rejects, of whatever kind.
struct RejectedFolder {
    const std::filesystem::path& path;
    const UniqueFd& fd;
};

/// Moves `name` out of `incoming`, with NAME.reason beside it; keeps only the newest 20 entries. Replaces an
/// unsafe name by a plain one. Not synced: if a crash loses the move, it is done again.
Result<> move_to_rejected(const UniqueFd& incoming, const RejectedFolder& rejected, const std::string& name,
                          std::string_view reason);

/// Whether `name` has only letters, digits, dots, dashes and underscores, no leading dot, and room for a
/// suffix.
bool is_plain_name(std::string_view name);

}  // namespace dockerext::state
