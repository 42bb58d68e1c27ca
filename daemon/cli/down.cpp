#include "base/json_document.hpp"
#include "base/json_reader.hpp"
#include "cli/execute.hpp"

#include <ostream>

namespace dockerext::cli {
namespace {

constexpr auto longest_stop = std::chrono::minutes(30);  ///< containers may have long stop grace periods

}  // namespace

Exit execute(const Down& command, Context& context) {
    const auto answer = context.daemon.post(
        "/v1/down", command.volumes ? R"({"volumes":true})" : R"({"volumes":false})", longest_stop);
    if (!is_success(answer)) return report_error(context, answer);
    if (context.json) return show_json(context, answer->body), Exit::success;
    const auto document = JsonDocument::parse(answer->body);
    if (!document) return report_error(context, Exit::failed, document.error().message());
    Problems problems;
    const auto removed = ObjectReader(document->root(), problems).strings("removed");
    for (const std::string& name : removed) context.console.out << "removed " << printable(name) << "\n";
    if (removed.empty()) context.console.out << "nothing to remove\n";
    return Exit::success;
}

}  // namespace dockerext::cli
