#include "base/regular_file.hpp"
#include "cli/execute.hpp"
#include "cli/settings_files.hpp"

#include <ostream>

namespace dockerext::cli {
Exit execute(const Import& command, Context& context) {
    auto text = read_text(command.files.settings_file, context.console.in);
    if (!text) return report_error(context, Exit::usage, text.error().message());
    const auto file = compose_file(command.files, std::move(*text));
    if (!file) return report_error(context, Exit::usage, file.error().message());
    const auto settings = converted_settings(context.services.import_settings(*file, context.root),
                                             command.files.settings_file, context);
    if (!settings) return report_error(context, Exit::usage, settings.error().message());
    if (command.output.empty()) return context.console.out << *settings << "\n", Exit::success;
    const auto written = write_new(command.output, *settings + "\n");
    return written ? Exit::success : report_error(context, Exit::failed, written.error().message());
}

}  // namespace dockerext::cli
