#pragma once

#include "base/clock.hpp"
#include "base/enum_names.hpp"
#include "base/error.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <utility>

namespace dockerext::shim {

/// Azure's states that the shim reports. Only the daemon reports success.
enum class StatusState { transitioning, error };
constexpr auto names_of(StatusState) {
    using enum StatusState;
    return enum_names<StatusState>({{transitioning, "transitioning"}, {error, "error"}});
}

/// STATUS/SEQUENCE.status: the status that Azure shows for these settings (handler-contract §9). The shim
/// writes only what the daemon cannot: that the settings are submitted, or why they did not reach it.
class StatusFile {
public:
    explicit StatusFile(std::filesystem::path path) : path_(std::move(path)) {}
    StatusFile(const std::filesystem::path& status_folder, std::int64_t sequence);

    const std::filesystem::path& path() const noexcept { return path_; }

    /// Whether the file exists and the agent can read it.
    bool is_readable() const;

    /// Writes the file. Creates the status folder if it is missing, but not the handler's folder.
    Result<> write(WallTime now, StatusState state, std::string_view message) const;

    /// Removes the file: no status is better than a wrong one. Without a file, the agent reports
    /// "transitioning".
    void remove() const;

private:
    std::filesystem::path path_;
};

}  // namespace dockerext::shim
