#include "base/json_document.hpp"
#include "base/json_reader.hpp"
#include "cli/execute.hpp"
#include "cli/settings_files.hpp"
#include "cli/waiting.hpp"

#include <ostream>

namespace dockerext::cli {
namespace {

constexpr std::chrono::minutes longest_change{5};
constexpr auto longest_stop = std::chrono::minutes(30);  ///< containers may have long stop grace periods

/// Settings that ask nothing of the engine.
Exit take_back_engine(const Context& context) {
    model::Envelope nothing;
    nothing.public_settings = "{}";
    const auto sequence = submit(std::move(nothing), context);
    if (!sequence) return report_error(context, Exit::failed, sequence.error().message());
    return wait_until_converged(*sequence, longest_change, context);
}

}  // namespace

Exit execute(const Down& command, Context& context) {
    const auto answer = context.daemon.post(
        "/v1/down", command.volumes ? R"({"volumes":true})" : R"({"volumes":false})", longest_stop);
    if (!is_success(answer)) return report_error(context, answer);
    if (context.json && command.engine) return take_back_engine(context);  // which prints JSON, too
    if (context.json) return show_json(context, answer->body), Exit::success;
    const auto document = JsonDocument::parse(answer->body);
    if (!document) return report_error(context, Exit::failed, document.error().message());
    Problems problems;
    ObjectReader reader(document->root(), problems);
    const auto removed = reader.strings("removed");
    for (const std::string& name : removed) context.console.out << "removed " << printable(name) << "\n";
    if (removed.empty()) context.console.out << "nothing to remove\n";
    const std::string left = reader.string("left").value_or("");
    if (!command.engine && !left.empty())
        context.console.out << "still in force: " << printable(left)
                            << "; `dockerextd down --engine` takes it back\n";
    return command.engine ? take_back_engine(context) : Exit::success;
}

}  // namespace dockerext::cli
