#include "cli/context.hpp"

#include "cli/answers.hpp"

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

Exit report_error(const Context& context, const Result<HttpResponse>& answer) {
    if (!answer) return report_error(context, Exit::unreachable, answer.error().message());
    const auto refusal = parse_refusal(answer->body);
    if (!refusal || refusal->error.empty()) {
        return report_error(context, Exit::failed,
                            "the daemon answered with status " + std::to_string(answer->status));
    }
    const bool invalid = answer->status == 422;
    report_error(context, Exit::failed, refusal->error);
    show_problems(context, refusal->problems);
    return invalid ? Exit::usage : Exit::failed;
}

bool is_success(const Result<HttpResponse>& answer) noexcept {
    return answer && answer->status >= 200 && answer->status < 300;
}

void show_json(const Context& context, std::string_view body) { context.console.out << body << "\n"; }

}  // namespace dockerext::cli
