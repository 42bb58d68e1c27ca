#include "base/json_document.hpp"
#include "base/json_reader.hpp"
#include "cli/execute.hpp"

#include <ostream>

namespace dockerext::cli {
namespace {

constexpr JsonLimits settings_limits{.bytes = std::size_t{16} << 20};

}  // namespace

/// The document is JSON itself.
Exit execute(const ShowSettings&, Context& context) {
    const auto answer = context.daemon.get("/v1/settings");
    if (!is_success(answer)) return report_error(context, answer);
    const auto document = JsonDocument::parse(answer->body, JsonDialect::strict, settings_limits);
    if (!document) return report_error(context, Exit::failed, document.error().message());
    Problems problems;
    const std::string text = ObjectReader(document->root(), problems).string("settings").value_or("");
    context.console.out << printable_lines(text) << (text.ends_with('\n') ? "" : "\n");
    return Exit::success;
}

}  // namespace dockerext::cli
