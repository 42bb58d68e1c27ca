#include "cli/progress.hpp"

#include "cli/shared_texts.hpp"
#include "cli/times.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

namespace dockerext::cli {
namespace {

constexpr std::size_t indent = 10;  ///< "12:03:11  "
constexpr std::size_t widest_name = 24;

std::size_t name_columns(const model::Status& status) {
    std::size_t widest = 0;
    for (const auto& service : status.services)
        widest = std::max(widest, width_of(printable(service.name.value)));
    return std::min(widest, widest_name);
}

std::string line_of(const model::ServiceStatus& service, std::size_t columns, model::WallTime now) {
    const std::string count =
        std::to_string(service.running) + "/" + std::to_string(service.desired_replicas);
    const std::string why = printable(with_changes(reason_text(service, now), service.drift));
    const std::string state = std::string(to_string(service.state)) + " " + count;
    return padded(printable(service.name.value), columns) + "  " +
           (why.empty() ? state : padded(state, state_columns) + "  " + why);
}

}  // namespace

void Progress::show(const model::Status& status, model::WallTime now) {
    if (status.engine.state != model::EngineState::running) {
        print_once(joined_nonempty({"the engine is " + std::string(to_string(status.engine.state)),
                                    status.engine.message},
                                   ": "),
                   now);
    }
    for (const model::PartStatus& part : status.parts) {
        const bool is_open =
            part.state == model::PartState::failed || part.state == model::PartState::pending;
        const std::string line =
            is_open ? part.name + "  " + std::string(to_string(part.state)) + "  " + part.message : "";
        if (std::exchange(open_parts_[part.name], line) != line && !line.empty()) print(printable(line), now);
    }
    const std::size_t columns = name_columns(status);
    for (const model::ServiceStatus& service : status.services) {
        // Time alone is no news.
        const std::string line = line_of(service, columns, service.watching ? service.watching->since : now);
        std::string& last = shown_[service.name.value];
        const bool is_changed = last.empty() ? !is_converged(service.state) : last != line;
        last = line;
        if (is_changed) print(line_of(service, columns, now), now);
    }
}

void Progress::print_once(const std::string& text, model::WallTime now) {
    if (last_printed_ == text) return;
    last_printed_ = text;
    print(printable(text), now);
}

void Progress::print(const std::string& text, model::WallTime now) {
    std::string begin = clock_text(now) + "  ";
    for (const std::string& line : wrap(text, console_.style.columns - indent, console_.style.whole_words)) {
        console_.out << begin << line << "\n";
        begin = std::string(indent, ' ');
    }
    console_.out.flush();
}

}  // namespace dockerext::cli
