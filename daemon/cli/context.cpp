#include "cli/context.hpp"

#include "cli/answers.hpp"

#include <unistd.h>

#include <cerrno>
#include <ostream>

namespace dockerext::cli {

Exit report_error(const Context& context, Exit exit, std::string_view message) {
    context.console.err << "dockerextd: " << printable(message) << "\n";
    return exit;
}

void show_problems(const Context& context, const std::vector<Problem>& problems) {
    for (const Problem& problem : problems) {
        context.console.err << printable(to_text(problem)) << "\n";
    }
}

std::string unreachable_text(const Context& context, const Error& error) {
    const bool is_forbidden =
        ::access(context.paths.control_socket.c_str(), R_OK | W_OK) != 0 && errno == EACCES;
    if (is_forbidden)
        return "permission denied: this needs root or group docker; run it with sudo, or add yourself to the "
               "group";
    // Another root than this machine's has no unit.
    const bool is_asked = context.root == "/" && context.services.why_not_running != nullptr;
    const std::string why = is_asked ? context.services.why_not_running() : "";
    return error.message() + (why.empty() ? "" : ": " + why);
}

std::string refusal_text(const HttpResponse& answer) {
    const auto refusal = parse_refusal(answer.body);
    if (refusal && !refusal->error.empty()) return refusal->error;
    return "the daemon answered with status " + std::to_string(answer.status);
}

Exit report_error(const Context& context, const Result<HttpResponse>& answer) {
    if (!answer) return report_error(context, Exit::unreachable, unreachable_text(context, answer.error()));
    const bool invalid = answer->status == 422;
    report_error(context, Exit::failed, refusal_text(*answer));
    if (const auto refusal = parse_refusal(answer->body)) show_problems(context, refusal->problems);
    return invalid ? Exit::usage : Exit::failed;
}

bool is_success(const Result<HttpResponse>& answer) noexcept {
    return answer && answer->status >= 200 && answer->status < 300;
}

void show_json(const Context& context, std::string_view body) { context.console.out << body << "\n"; }

}  // namespace dockerext::cli
