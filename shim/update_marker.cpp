#include "shim/update_marker.hpp"

#include "base/atomic_file.hpp"
#include "base/clock.hpp"
#include "base/regular_file.hpp"
#include "state/folder.hpp"

#include <charconv>
#include <string>

namespace dockerext::shim {
namespace {

constexpr std::chrono::minutes lifetime{30};

std::chrono::seconds since_epoch(WallTime time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch());
}

}  // namespace

Result<> mark_update(const Layout& layout, std::string_view version, WallTime now) {
    if (auto folder = state::open_folder(layout.daemon.state, 0700); !folder) return folder.error();
    return replace_file(layout.update_marker,
                        std::string(version) + " " + std::to_string(since_epoch(now).count()) + "\n");
}

bool is_updating(const Layout& layout, WallTime now) {
    const auto text = read_regular(layout.update_marker, 256);
    if (!text) return false;
    const auto space = text->rfind(' ');
    std::int64_t marked = 0;
    if (space == std::string::npos ||
        std::from_chars(text->data() + space + 1, text->data() + text->size(), marked).ec != std::errc())
        return false;
    // Absolute difference, because the clock may have been set meanwhile.
    return std::chrono::abs(since_epoch(now) - std::chrono::seconds(marked)) < lifetime;
}

Result<> clear_update_marker(const Layout& layout) { return remove_file(layout.update_marker); }

}  // namespace dockerext::shim
