#include "cli/perform.hpp"

#include "cli/command_line.hpp"
#include "cli/execute.hpp"

#include <ostream>

namespace dockerext::cli {
namespace {

int print_notice(const Notice& notice, Console& console) {
    (notice.exit == Exit::success ? console.out : console.err) << notice.text;
    return static_cast<int>(notice.exit);
}

}  // namespace

int perform(std::vector<std::string> arguments, const Services& services, Console& console,
            std::function<model::WallTime()> now) {
    const auto parsed = parse_command_line(std::move(arguments), now());
    if (const Notice* notice = std::get_if<Notice>(&parsed)) return print_notice(*notice, console);
    const Invocation& invocation = std::get<Invocation>(parsed);

    Context context{services, console, state::Paths(invocation.root), invocation.root, invocation.json};
    context.now = std::move(now);
    const auto run = [&](const auto& command) { return execute(command, context); };
    return static_cast<int>(std::visit(run, invocation.command));
}

int main(int argc, char** argv, const Services& services) {  // NOLINT(bugprone-exception-escape): not ::main
    Console console = standard_console();
    return perform(std::vector<std::string>(argv + std::min(argc, 1), argv + argc), services, console);
}

}  // namespace dockerext::cli
