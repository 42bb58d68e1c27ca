#include "base/json_writer.hpp"
#include "cli/answers.hpp"
#include "cli/execute.hpp"

#include <ostream>

namespace dockerext::cli {
namespace {

/// Each of the engine's calls waits up to a minute while the swarm elects another leader.
constexpr std::chrono::minutes longest_request{4};

/// The protected settings with which other machines join.
std::string protected_settings(const model::SwarmAccess& access) {
    JsonWriter json;
    json.begin_object();
    json.begin_object("swarm");
    json.text("worker-token", access.worker_token.reveal());
    json.text("manager-token", access.manager_token.reveal());
    const std::string_view key = access.unlock_key.reveal();
    if (!key.empty()) json.text("unlock-key", key);
    json.text("manager-engine", access.manager_engine);
    json.end_object();
    json.end_object();
    return json.take();
}

std::string rotation_request(SwarmSecret what) {
    JsonWriter json;
    json.begin_object();
    json.text("what", to_string(what));
    json.end_object();
    return json.take();
}

std::string_view rotated_text(SwarmSecret what) {
    switch (what) {
    case SwarmSecret::worker:
        return "Rotated the worker token; workers stay in the swarm.\n"
               "Deploy what `dockerextd swarm tokens` prints to all machines that have the former token.\n";
    case SwarmSecret::manager:
        return "Rotated the manager token; managers stay in the swarm.\n"
               "Deploy what `dockerextd swarm tokens` prints to all machines that have the former token.\n";
    case SwarmSecret::unlock_key:
        return "Rotated the unlock key.\n"
               "Deploy what `dockerextd swarm tokens` prints to all managers. Keep the former key for a\n"
               "while: a manager that was down during the rotation is unlocked with that one only.\n";
    }
    return "";
}

constexpr std::string_view recovery_warning =
    "dockerextd: nothing done: this needs --yes\n"
    "This machine becomes the only manager of its swarm, which has lost a majority of its\n"
    "managers (`docker swarm init --force-new-cluster`). Services, networks, configs, secrets,\n"
    "tokens and workers of the swarm are kept. If the machine is in no swarm, it founds a new,\n"
    "empty one. In both cases, all other managers must leave the swarm and join again.\n"
    "Do this on one machine only, and only if the others are lost for good: managers that\n"
    "come back would go on with a swarm of their own.\n";

constexpr std::string_view recovered_text =
    "This machine is the only manager of its swarm now.\n"
    "Run `docker swarm leave --force` on each former manager: its daemon joins again. If what\n"
    "`dockerextd swarm tokens` prints is not in the settings yet, deploy it to all machines.\n";

Exit print_success(const Result<HttpResponse>& answer, std::string_view text, const Context& context) {
    if (!is_success(answer)) return report_error(context, answer);
    if (context.json) show_json(context, answer->body);
    else context.console.out << text;
    return Exit::success;
}

}  // namespace

/// The document is JSON itself.
Exit execute(const ShowSwarmTokens&, Context& context) {
    const auto answer = context.daemon.post("/v1/swarm/tokens", "{}", longest_request);
    if (!is_success(answer)) return report_error(context, answer);
    const auto access = parse_tokens(answer->body);
    if (!access) return report_error(context, Exit::failed, access.error().message());
    show_json(context, protected_settings(*access));
    return Exit::success;
}

Exit execute(const RotateSwarm& command, Context& context) {
    const auto answer =
        context.daemon.post("/v1/swarm/rotate", rotation_request(command.what), longest_request);
    return print_success(answer, rotated_text(command.what), context);
}

Exit execute(const RecoverSwarm& command, Context& context) {
    if (!command.is_confirmed) return context.console.err << recovery_warning, Exit::usage;
    return print_success(context.daemon.post("/v1/swarm/recover", "{}", longest_request), recovered_text,
                         context);
}

}  // namespace dockerext::cli
