#include "base/log.hpp"

#include "base/log_format.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace dockerext::log {
namespace {

using spdlog::details::log_msg;

/// The fields of the message that this thread is logging. spdlog's message has
/// no place for them, so they lie beside it while `write` passes it through the
/// sinks.
thread_local const Fields* fields_beside = nullptr;

std::string_view text_of(const log_msg& message) { return {message.payload.data(), message.payload.size()}; }

/// spdlog has one level more below `debug`.
constexpr spdlog::level::level_enum to_spdlog(Level level) {
    return static_cast<spdlog::level::level_enum>(spdlog::level::debug + static_cast<int>(level));
}
static_assert(to_spdlog(Level::error) == spdlog::level::err);

constexpr Level from_spdlog(spdlog::level::level_enum level) {
    return static_cast<Level>(level - spdlog::level::debug);
}

Level level_from_environment() {
    const char* const value = std::getenv("DOCKEREXTD_LOG");
    return from_string<Level>(value == nullptr ? "" : value).value_or(Level::info);
}

/// systemd announces which stream it has connected to the journal; a stderr
/// that was redirected since is another stream (systemd.exec(5)).
bool stderr_is_the_journal() {
    const char* const stream = std::getenv("JOURNAL_STREAM");
    struct stat facts = {};
    if (stream == nullptr || ::fstat(STDERR_FILENO, &facts) != 0) return false;
    return stream == std::to_string(facts.st_dev) + ":" + std::to_string(facts.st_ino);
}

/// spdlog's own sink for the journal cannot carry fields.
class JournalSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
    void sink_it_(const log_msg& message) override {
        if (!stderr_is_the_journal()) return;
        std::vector<std::string> lines =
            journal_fields(from_spdlog(message.level), text_of(message), *fields_beside);
        std::vector<iovec> parts;
        parts.reserve(lines.size());
        for (std::string& line : lines) parts.push_back({line.data(), line.size()});
        (void)sd_journal_sendv(parts.data(),
                               static_cast<int>(parts.size()));  // nowhere to report failure
    }
    void flush_() override {}
};

class ConsoleSink final : public spdlog::sinks::stderr_sink_mt {
    void log(const log_msg& message) override {
        if (!stderr_is_the_journal()) stderr_sink::log(message);
    }
};

/// What %* of the console's pattern stands for: the message and its fields.
class ConsoleLine final : public spdlog::custom_flag_formatter {
public:
    void format(const log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
        const std::string line = console_line(text_of(message), *fields_beside);
        out.append(line.data(), line.data() + line.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<ConsoleLine>(); }
};

std::shared_ptr<ConsoleSink> console_sink() {
    auto pattern = std::make_unique<spdlog::pattern_formatter>();
    pattern->add_flag<ConsoleLine>('*').set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l: %*");
    auto sink = std::make_shared<ConsoleSink>();
    sink->set_formatter(std::move(pattern));
    return sink;
}

spdlog::logger& logger() {
    static const auto logger = [] {
        const spdlog::sinks_init_list sinks{std::make_shared<JournalSink>(), console_sink()};
        auto made = std::make_unique<spdlog::logger>("dockerextd", sinks);
        made->set_level(to_spdlog(level_from_environment()));
        return made;
    }();
    return *logger;
}

void write(Level level, std::string_view message, Fields fields) {
    fields_beside = &fields;
    logger().log(to_spdlog(level), spdlog::string_view_t(message.data(), message.size()));
    fields_beside = nullptr;
}

}  // namespace

void set_level(Level level) { logger().set_level(to_spdlog(level)); }

void debug(std::string_view message, Fields fields) { write(Level::debug, message, fields); }
void info(std::string_view message, Fields fields) { write(Level::info, message, fields); }
void warning(std::string_view message, Fields fields) { write(Level::warning, message, fields); }
void error(std::string_view message, Fields fields) { write(Level::error, message, fields); }

}  // namespace dockerext::log
