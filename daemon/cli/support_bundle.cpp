#include "base/json_writer.hpp"
#include "cli/doctor.hpp"
#include "cli/execute.hpp"
#include "cli/shared_texts.hpp"

#include <ostream>

namespace dockerext::cli {
namespace {

using model::BundlePart;
using model::BundleReport;

/// Unwrapped: the redactor must find whole secrets.
constexpr TerminalStyle for_files{.columns = 100'000, .whole_words = true};

/// What the daemon says, or why it does not.
BundlePart ask(const Context& context, const std::string& name, const std::string& target) {
    auto answer = context.daemon.get(target);
    if (!answer) return {name, answer.error()};
    if (!is_success(answer)) return {name, Error(ErrorKind::unavailable, refusal_text(*answer))};
    return {name, std::move(answer->body)};
}

/// The output of other commands.
std::vector<BundlePart> outputs(const SupportBundle& command, const Context& context) {
    const auto findings = context.services.examine_machine(context.root, command.docker_host);
    return {{"doctor.txt", findings_text(findings, for_files)},
            {"doctor.json", findings_json(findings)},
            ask(context, "status.json", "/v1/status"),
            ask(context, "plan.json", "/v1/plan"),
            ask(context, "history.json", "/v1/history"),
            ask(context, "good-settings.json", "/v1/good"),
            {"version.txt", "dockerextd " DOCKEREXTD_VERSION "\n"}};
}

std::string to_json(const BundleReport& report, const std::string& file) {
    JsonWriter json;
    json.begin_object();
    json.text("file", file);
    json.number("bytes", report.bytes);
    json.number("parts", std::uint64_t{report.parts});
    json.begin_array("missing");
    for (const std::string& each : report.missing) json.text(each);
    json.end_array();
    json.end_object();
    return json.take();
}

std::string size_text(std::uint64_t bytes) { return std::to_string((bytes + 1023) / 1024) + " KiB"; }

}  // namespace

Exit execute(const SupportBundle& command, Context& context) {
    const auto report = context.services.write_bundle(
        {context.root, command.docker_host, command.file, outputs(command, context)});
    if (!report) return report_error(context, Exit::failed, report.error().message());
    if (context.json) return show_json(context, to_json(*report, command.file)), Exit::success;
    context.console.out << "wrote " << printable(command.file) << ": " << count_text(report->parts, "file")
                        << ", " << size_text(report->bytes) << "\n";
    for (const std::string& each : report->missing)
        context.console.out << "  without " << printable(each) << "\n";
    context.console.out << "Secrets of the settings are hidden. Look through it before you send it.\n";
    return Exit::success;
}

}  // namespace dockerext::cli
