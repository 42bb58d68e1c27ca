#include "shim/agent_settings.hpp"

#include "base/clock.hpp"
#include "base/json_document.hpp"
#include "base/regular_file.hpp"
#include "state/envelope_json.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <thread>

namespace dockerext::shim {
namespace {

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value);
    if (parsed.ec != std::errc() || parsed.ptr != end || value < 0) return std::nullopt;
    return value;
}

std::optional<std::int64_t> newest_sequence(const std::filesystem::path& config_folder) {
    std::optional<std::int64_t> sequence;
    std::filesystem::file_time_type newest;
    std::error_code ignored;  // a folder that cannot be read has no settings
    for (std::filesystem::directory_iterator file(config_folder, ignored), end; !ignored && file != end;
         file.increment(ignored)) {
        const auto name = number(file->path().stem().string());
        if (!name || file->path().extension() != ".settings") continue;
        std::error_code gone;
        const auto written = file->last_write_time(gone);
        if (gone || (sequence && written <= newest)) continue;
        sequence = name;
        newest = written;
    }
    return sequence;
}

/// FNV-1a: it only distinguishes settings and gives no security.
std::uint64_t hash(std::string_view text) {
    std::uint64_t value = 14695981039346656037u;
    for (const char c : text) {
        value ^= static_cast<unsigned char>(c);
        value *= 1099511628211u;
    }
    return value;
}

/// Whether the file is complete: the agent does not write it atomically (handler-contract §5).
bool is_complete(std::string_view text) {
    const JsonLimits limits{.bytes = state::envelope_limit, .depth = 68};
    return JsonDocument::parse(text, JsonDialect::strict, limits).has_value();
}

}  // namespace

std::int64_t sequence_of(const std::filesystem::path& config_folder,
                         const std::optional<std::string>& config_sequence_number) {
    if (config_sequence_number) {
        if (const auto given = number(*config_sequence_number)) return *given;
    }
    return newest_sequence(config_folder).value_or(0);
}

Result<AgentSettings> read_settings(const std::filesystem::path& config_folder, std::int64_t sequence,
                                    std::chrono::milliseconds max_wait, bool can_be_absent) {
    const std::filesystem::path path = config_folder / (std::to_string(sequence) + ".settings");
    const auto end = steady_now() + max_wait;
    for (;;) {
        auto text = read_regular(path, state::envelope_limit);
        const bool absent = !text && text.error().kind() == ErrorKind::not_found;
        if (!text && !absent) return text.error().within("read '" + path.string() + "'");
        const bool empty = absent || text->empty();
        if (empty && can_be_absent) return AgentSettings{sequence, ""};
        const bool in_time = steady_now() < end;
        if (!empty && (is_complete(*text) || !in_time)) return AgentSettings{sequence, std::move(*text)};
        if (!in_time) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return Error(ErrorKind::unavailable, "'" + path.string() +
                                             "' is empty or missing; the agent rewrites it with the next "
                                             "goal state, or when restarted");
}

std::string fingerprint(const AgentSettings& settings) {
    char digits[17];
    (void)std::snprintf(digits, sizeof digits, "%016llx",
                        static_cast<unsigned long long>(hash(settings.text)));
    return std::to_string(settings.sequence) + " " + digits;
}

}  // namespace dockerext::shim
