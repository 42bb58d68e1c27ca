#include "cli/checked_settings.hpp"

#include "cli/settings_files.hpp"

#include <ostream>

namespace dockerext::cli {

std::variant<model::Envelope, Exit> checked_settings(const std::string& settings_file,
                                                     const std::string& protected_file,
                                                     const Context& context) {
    auto envelope = read_settings(settings_file, protected_file, context);
    if (!envelope) return complain(context, Exit::usage, envelope.error().message());
    const auto [problems, warnings] = context.services.validate(*envelope, context.root);
    for (const std::string& warning : warnings)
        context.console.err << "warning: " << printable(warning) << "\n";
    if (problems.empty()) return std::move(*envelope);
    show_problems(context, problems);
    return Exit::usage;
}

}  // namespace dockerext::cli
