#include "cli/answers.hpp"
#include "cli/execute.hpp"
#include "cli/status_text.hpp"

#include <ostream>
#include <thread>

namespace dockerext::cli {
namespace {

constexpr auto between_looks = std::chrono::seconds(1);
constexpr std::string_view clear_screen = "\033[H\033[2J\033[3J";

bool is_as_wanted(model::OverallState state) {
    return state == model::OverallState::converged || state == model::OverallState::idle;
}

Exit show(const Context& context) {
    const auto answer = context.daemon.get("/v1/status");
    if (!is_fine(answer)) return complain(context, answer);
    const auto status = parse_status(answer->body);
    if (!status) return complain(context, Exit::failed, status.error().message());
    if (context.json) show_json(context, answer->body);
    else context.console.out << status_text(*status, context.now(), context.console.look);
    return is_as_wanted(status->state) ? Exit::fine : Exit::pending;
}

/// Until interrupted, or nobody reads it any more. A daemon that is away is waited for.
Exit watch(const Context& context) {
    for (;;) {
        if (context.console.terminal && !context.json) context.console.out << clear_screen;
        const Exit last = show(context);
        context.console.out.flush();
        if (!context.console.out) return last;
        std::this_thread::sleep_for(between_looks);
    }
}

}  // namespace

Exit execute(const ShowStatus& command, Context& context) {
    return command.watch ? watch(context) : show(context);
}

}  // namespace dockerext::cli
