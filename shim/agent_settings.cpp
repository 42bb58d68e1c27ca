#include "shim/agent_settings.hpp"

#include "shim/file_text.hpp"
#include "state/envelope_json.hpp"

#include <charconv>
#include <cstdio>

namespace dockerext::shim {
namespace {

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value);
    if (parsed.ec != std::errc() || parsed.ptr != end || value < 0) return std::nullopt;
    return value;
}

std::optional<std::int64_t> written_last(const std::filesystem::path& config_folder) {
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

/// FNV-1a: settings are told apart with it, not trusted.
std::uint64_t hash(std::string_view text) {
    std::uint64_t value = 14695981039346656037u;
    for (const char c : text) {
        value ^= static_cast<unsigned char>(c);
        value *= 1099511628211u;
    }
    return value;
}

}  // namespace

std::int64_t sequence_of(const std::filesystem::path& config_folder,
                         const std::optional<std::string>& config_sequence_number) {
    if (config_sequence_number) {
        if (const auto said = number(*config_sequence_number)) return *said;
    }
    return written_last(config_folder).value_or(0);
}

Result<AgentSettings> read_settings(const std::filesystem::path& config_folder, std::int64_t sequence) {
    const std::filesystem::path path = config_folder / (std::to_string(sequence) + ".settings");
    auto text = file_text(path, state::envelope_limit);
    if (text) return AgentSettings{sequence, std::move(*text)};
    if (text.error().kind() == ErrorKind::not_found) return AgentSettings{sequence, ""};
    return text.error().within("read '" + path.string() + "'");
}

std::string fingerprint(const AgentSettings& settings) {
    char digits[17];
    (void)std::snprintf(digits, sizeof digits, "%016llx",
                        static_cast<unsigned long long>(hash(settings.text)));
    return std::to_string(settings.sequence) + " " + digits;
}

}  // namespace dockerext::shim
