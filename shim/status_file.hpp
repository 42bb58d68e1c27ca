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

/// Azure's word for how the settings stand; that they are in effect only the daemon can say.
enum class StatusState { transitioning, error };
constexpr auto names_of(StatusState) {
    using enum StatusState;
    return enum_names<StatusState>({{transitioning, "transitioning"}, {error, "error"}});
}

/// STATUS/SEQUENCE.status: what Azure shows of these settings (handler-contract §9). The shim says only what
/// the daemon cannot say: that the settings are on their way, or why they never reached it.
class StatusFile {
public:
    explicit StatusFile(std::filesystem::path path) : path_(std::move(path)) {}
    StatusFile(const std::filesystem::path& status_folder, std::int64_t sequence);

    const std::filesystem::path& path() const noexcept { return path_; }

    /// Whether there is one that the agent can read.
    bool readable() const;

    /// The status folder is made if absent, the handler's is not.
    Result<> write(WallTime now, StatusState state, std::string_view message) const;

    /// No status is better than one of other settings; then the agent says transitioning by itself.
    void remove() const;

private:
    std::filesystem::path path_;
};

}  // namespace dockerext::shim
