#include "base/json_document.hpp"
#include "base/json_reader.hpp"
#include "base/url.hpp"
#include "cli/execute.hpp"

#include <ostream>

namespace dockerext::cli {
namespace {

constexpr JsonLimits log_limits{.bytes = std::size_t{64} << 20};

}  // namespace

Exit execute(const ShowLogs& command, Context& context) {
    const auto answer = context.daemon.get("/v1/logs?service=" + percent_encoded(command.service) +
                                           "&lines=" + std::to_string(command.lines));
    if (!is_success(answer)) return report_error(context, answer);
    if (context.json) return show_json(context, answer->body), Exit::success;
    const auto document = JsonDocument::parse(answer->body, JsonDialect::strict, log_limits);
    if (!document) return report_error(context, Exit::failed, document.error().message());
    Problems problems;
    const std::string text = ObjectReader(document->root(), problems).string("text").value_or("");
    context.console.out << printable_lines(text) << (text.empty() || text.ends_with('\n') ? "" : "\n");
    return Exit::success;
}

}  // namespace dockerext::cli
