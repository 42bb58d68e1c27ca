#include "base/iso_time.hpp"
#include "base/json_writer.hpp"
#include "base/url.hpp"
#include "cli/answers.hpp"
#include "cli/execute.hpp"
#include "cli/status_feed.hpp"

#include <algorithm>
#include <map>
#include <ostream>
#include <set>
#include <utility>

namespace dockerext::cli {
namespace {

constexpr unsigned http_bad_gateway = 502;
constexpr unsigned default_lines = 100;
constexpr std::chrono::seconds interval{1};  ///< between two reads

/// "2024-01-31T12:00:00.123456789Z text", as the engine writes it; without a time in notes of the daemon.
struct Line {
    std::string_view time, text;
};
Line line_of(std::string_view written) {
    const std::size_t space = written.find(' ');
    if (space == std::string_view::npos || !parse_iso_time(written.substr(0, space))) return {"", written};
    return {written.substr(0, space), written.substr(space + 1)};
}

/// A container that replaces another has the id of that one before its name until it has held.
std::string final_name(const std::string& name) {
    constexpr std::size_t short_id = 12;
    const bool is_temporary = name.size() > short_id && name[short_id] == '_' &&
                              name.find_first_not_of("0123456789abcdef") == short_id;
    return is_temporary ? name.substr(short_id + 1) : name;
}

/// Shows what containers write, of each what was not shown yet.
class LogReader {
public:
    LogReader(const ShowLogs& command, const Context& context)
        : command_(command), context_(context), feed_(context) {}

    /// Of all containers that the services have now. Further calls wait a moment, or until the status has
    /// changed.
    Exit read();

private:
    using Containers = std::map<std::string, std::string>;  ///< id → name
    Result<Containers> containers_in(const model::Status& status) const;
    Exit read_container(const std::string& id, const std::string& name);
    std::string target(const std::string& id) const;
    void show(const std::string& container, const Line& line);

    const ShowLogs& command_;
    const Context& context_;
    StatusFeed feed_;
    bool is_unreachable_ = false;
    bool is_following_ = false;                       ///< all that was there at the beginning has been shown
    std::map<std::string, std::string> shown_until_;  ///< by id: the time of the last line
    std::map<std::string, std::size_t> numbers_;      ///< of the containers' colours
    std::size_t width_ = 0;                           ///< of the longest name
};

Exit LogReader::read() {
    const auto update = feed_.next(interval);
    const bool was_unreachable = std::exchange(is_unreachable_, !update.answer);
    if (was_unreachable && is_unreachable_) return Exit::unreachable;  // it was said already
    if (!update.status) return report_error(context_, update.answer);
    const auto& status = *update.status;
    if (!status) return report_error(context_, Exit::failed, status.error().message());
    const auto containers = containers_in(*status);
    if (!containers) return report_error(context_, Exit::failed, containers.error().message());
    for (const auto& [id, name] : *containers) {
        numbers_.emplace(name, numbers_.size());
        width_ = std::max(width_, width_of(printable(name)));
    }
    for (const auto& [id, name] : *containers) {
        if (const Exit exit = read_container(id, name); exit != Exit::success) return exit;
    }
    is_following_ = true;
    return Exit::success;
}

Result<LogReader::Containers> LogReader::containers_in(const model::Status& status) const {
    std::set<std::string> wanted(command_.services.begin(), command_.services.end());
    Containers containers;
    for (const model::ServiceStatus& service : status.services) {
        if (!command_.services.empty() && wanted.erase(service.name.value) == 0) continue;
        for (const auto& container : service.containers)
            containers.emplace(container.id.value, final_name(container.name.value));
    }
    if (wanted.empty()) return containers;
    const std::string& service = *wanted.begin();
    const bool is_stack = std::any_of(status.parts.begin(), status.parts.end(),
                                      [](const model::PartStatus& part) { return part.name == "stack"; });
    if (!is_stack) return Error(ErrorKind::not_found, "no service '" + service + "' in the settings");
    return Error(ErrorKind::conflict,
                 "the settings' services run as a stack of the swarm: on a manager, `docker stack services "
                 "STACK` lists them, and `docker service logs STACK_" +
                     service + "` shows the output of one");
}

std::string LogReader::target(const std::string& id) const {
    std::string target = "/v1/logs?timestamps=1&container=" + percent_encoded(id);
    const auto position = shown_until_.find(id);
    const bool is_first = position == shown_until_.end();
    if (!is_first) target += "&after=" + percent_encoded(position->second);
    else if (command_.since) target += "&after=" + percent_encoded(iso_time(*command_.since));
    if (is_first && !is_following_ && (command_.lines || !command_.since))
        target += "&lines=" + std::to_string(command_.lines.value_or(default_lines));
    return target;
}

Exit LogReader::read_container(const std::string& id, const std::string& name) {
    const auto answer = context_.daemon.get(target(id));
    if (answer && answer->status == 404) return Exit::success;  // it was removed meanwhile
    const bool engine_restarts = is_following_ && answer && answer->status == http_bad_gateway;
    if (engine_restarts) return Exit::success;  // the next read continues where this one began
    if (!is_success(answer)) return report_error(context_, answer);
    const auto text = text_in_answer(answer->body, "text");
    if (!text) return report_error(context_, Exit::failed, text.error().message());
    for (std::string_view rest = *text; !rest.empty();) {
        const std::string_view written = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), written.size() + 1));
        const Line line = line_of(written);
        if (!line.time.empty()) shown_until_[id] = line.time;
        show(name, line);
    }
    return Exit::success;
}

void LogReader::show(const std::string& container, const Line& line) {
    std::ostream& out = context_.console.out;
    if (context_.json) {
        JsonWriter json;
        json.begin_object();
        json.text("container", container);
        json.text_or_null("time", line.time);
        json.text("text", line.text);
        json.end_object();
        out << json.take() << "\n";
        return;
    }
    const std::string prefix = padded(printable(container), width_) + " | ";
    out << numbered_colour(prefix, numbers_[container], context_.console.style);
    if (command_.timestamps && !line.time.empty()) out << line.time << " ";
    out << printable_lines(line.text) << "\n";
}

}  // namespace

Exit execute(const ShowLogs& command, Context& context) {
    LogReader reader(command, context);
    Exit exit = reader.read();
    // A daemon that restarts meanwhile does not end it.
    while (command.follow && (exit == Exit::success || exit == Exit::unreachable)) {
        context.console.out.flush();
        if (!context.console.out) return exit;
        exit = reader.read();
    }
    return exit;
}

}  // namespace dockerext::cli
