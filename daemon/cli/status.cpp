#include "cli/execute.hpp"
#include "cli/status_feed.hpp"
#include "cli/status_text.hpp"

#include <ostream>

namespace dockerext::cli {
namespace {

constexpr std::chrono::seconds for_people{1};     ///< refreshes the relative times
constexpr std::chrono::seconds for_programs{30};  ///< then a write detects a reader that is gone
constexpr std::string_view clear_screen = "\033[H\033[2J\033[3J";

bool is_as_wanted(model::OverallState state) {
    return state == model::OverallState::converged || state == model::OverallState::idle;
}

Exit show(const StatusFeed::Update& update, const Context& context) {
    if (!update.status) return complain(context, update.answer);
    const auto& status = *update.status;
    if (!status) return complain(context, Exit::failed, status.error().message());
    if (context.json) show_json(context, update.answer->body);
    else context.console.out << status_text(*status, context.now(), context.console.style);
    return is_as_wanted(status->state) ? Exit::fine : Exit::pending;
}

/// Shows the status until interrupted or until the output is closed. Waits for a daemon that is not
/// reachable.
Exit watch(const Context& context) {
    StatusFeed feed(context);
    for (;;) {
        const auto update = feed.next(context.json ? for_programs : for_people);
        if (context.console.terminal && !context.json) context.console.out << clear_screen;
        const Exit last = show(update, context);
        context.console.out.flush();
        if (!context.console.out) return last;
    }
}

}  // namespace

Exit execute(const ShowStatus& command, Context& context) {
    return command.watch ? watch(context) : show(StatusFeed(context).next({}), context);
}

}  // namespace dockerext::cli
