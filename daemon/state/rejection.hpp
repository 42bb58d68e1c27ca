#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace dockerext::state {

/// The folder where entries end that the daemon will not take, whatever they are.
struct RejectedFolder {
    const std::filesystem::path& path;
    const UniqueFd& fd;
};

/// Moves `name` out of `incoming`, with NAME.reason beside it; of what is there already the newest 20 stay.
/// An odd name is made plain on the way. Not synced: lost in a crash, it is done again.
Result<> move_to_rejected(const UniqueFd& incoming, const RejectedFolder& rejected, const std::string& name,
                          std::string_view reason);

/// Letters, digits, dot, dash and underscore; no dot in front, and room for a suffix.
bool is_plain_name(std::string_view name);

}  // namespace dockerext::state
