#include "state/newer_state.hpp"

#include "state/sealed.hpp"
#include "state/sealed_file.hpp"

#include <algorithm>

namespace dockerext::state {
namespace {

/// The journal has one format number per line, any other file has one in its only line.
std::optional<unsigned> newer_format_in(std::string_view text) {
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        if (const auto format = newer_format(line)) return format;
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> newer_state(const std::filesystem::path& folder) {
    std::error_code none;  // without a folder there is no state
    for (std::filesystem::directory_iterator entry(folder, none), end; !none && entry != end;
         entry.increment(none)) {
        const auto text = read_file(entry->path(), state_file_limit);
        const auto format = text ? newer_format_in(text->reveal()) : std::nullopt;
        if (format) return "'" + entry->path().string() + "' was " + written_by_newer(*format);
    }
    return std::nullopt;
}

}  // namespace dockerext::state
