#include "cli/execute.hpp"
#include "cli/settings_files.hpp"

#include <ostream>

namespace dockerext::cli {

Exit execute(const Import& command, Context& context) {
    const auto text = read_text(command.compose_file, context.console.in);
    if (!text) return complain(context, Exit::usage, text.error().message());
    const auto settings = context.services.import_settings(*text);
    if (!settings)
        return complain(context, Exit::usage, command.compose_file + ": " + settings.error().message());
    context.console.out << *settings << "\n";
    return Exit::fine;
}

}  // namespace dockerext::cli
