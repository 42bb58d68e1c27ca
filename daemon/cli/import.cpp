#include "cli/execute.hpp"
#include "cli/settings_files.hpp"

#include <ostream>

namespace dockerext::cli {

Exit execute(const Import& command, Context& context) {
    auto text = read_text(command.compose_file, context.console.in);
    if (!text) return complain(context, Exit::usage, text.error().message());
    const auto file = with_variables(command.compose_file, std::move(*text));
    if (!file) return complain(context, Exit::usage, file.error().message());
    const auto settings =
        shown(context.services.import_settings(*file, context.root), command.compose_file, context);
    if (!settings) return complain(context, Exit::usage, settings.error().message());
    context.console.out << *settings << "\n";
    return Exit::fine;
}

}  // namespace dockerext::cli
