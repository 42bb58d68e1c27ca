#include "cli/execute.hpp"
#include "cli/settings_files.hpp"

#include <ostream>

namespace dockerext::cli {

Exit execute(const Import& command, Context& context) {
    auto text = read_text(command.compose_file, context.console.in);
    if (!text) return report_error(context, Exit::usage, text.error().message());
    const auto file = with_variables(command.compose_file, std::move(*text));
    if (!file) return report_error(context, Exit::usage, file.error().message());
    const auto settings = converted_settings(context.services.import_settings(*file, context.root),
                                             command.compose_file, context);
    if (!settings) return report_error(context, Exit::usage, settings.error().message());
    context.console.out << *settings << "\n";
    return Exit::success;
}

}  // namespace dockerext::cli
