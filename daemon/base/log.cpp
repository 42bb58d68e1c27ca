#include "base/log.hpp"

#include "base/log_form.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace dockerext::log {
namespace {

Level level_from_environment() {
    const char* const value = std::getenv("DOCKEREXTD_LOG");
    return from_string<Level>(value == nullptr ? "" : value).value_or(Level::info);
}

Level& threshold() {
    static Level level = level_from_environment();
    return level;
}

/// systemd announces which stream it has connected to the journal; a stderr that was redirected since is
/// another stream (systemd.exec(5)).
bool stderr_is_the_journal() {
    const char* const stream = std::getenv("JOURNAL_STREAM");
    struct stat facts = {};
    if (stream == nullptr || ::fstat(STDERR_FILENO, &facts) != 0) return false;
    return stream == std::to_string(facts.st_dev) + ":" + std::to_string(facts.st_ino);
}

void to_journal(Level level, std::string_view message, Fields fields) {
    std::vector<std::string> lines = journal_fields(level, message, fields);
    std::vector<iovec> parts;
    parts.reserve(lines.size());
    for (std::string& line : lines) parts.push_back({line.data(), line.size()});
    (void)sd_journal_sendv(parts.data(),
                           static_cast<int>(parts.size()));  // nowhere to report failure
}

spdlog::level::level_enum console_level(Level level) {
    switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
    }
    return spdlog::level::off;
}

spdlog::logger& console() {
    static const auto logger = [] {
        auto made = spdlog::stderr_logger_mt("dockerextd");
        made->set_level(spdlog::level::trace);  // we filter by level ourselves
        made->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l: %v");
        return made;
    }();
    return *logger;
}

void write(Level level, std::string_view message, Fields fields) {
    if (level < threshold()) return;
    if (stderr_is_the_journal()) to_journal(level, message, fields);
    else console().log(console_level(level), console_line(message, fields));
}

}  // namespace

void set_level(Level level) { threshold() = level; }

void debug(std::string_view message, Fields fields) { write(Level::debug, message, fields); }
void info(std::string_view message, Fields fields) { write(Level::info, message, fields); }
void warning(std::string_view message, Fields fields) { write(Level::warning, message, fields); }
void error(std::string_view message, Fields fields) { write(Level::error, message, fields); }

}  // namespace dockerext::log
