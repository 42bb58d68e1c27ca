#include "cli/command_line.hpp"

#include "cli/suggestion.hpp"
#include "cli/times.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <sstream>
#include <utility>

namespace dockerext::cli {
namespace {

/// The raw values of all options and arguments of all commands.
struct RawOptions {
    Invocation common;
    std::string docker_host = "unix:///run/docker.sock";
    SettingsFiles files;
    std::string wait, duration, since, until, output;
    std::string service;
    std::vector<std::string> services;
    bool dry_run = false, watch = false, volumes = false, verbose = false, list = false, failed = false;
    bool follow = false, timestamps = false, services_only = false, engine = false, yes = false;
    bool on_uninstall = false;
    std::optional<unsigned> to, lines;
    std::string what;
    Command nested;  ///< the command of `swarm`
    model::WallTime now;
};

std::optional<model::WallTime> time_of(const std::string& text, model::WallTime now) {
    return text.empty() ? std::nullopt : parse_since(text, now);
}

std::optional<std::chrono::seconds> duration_of(const std::string& text) {
    return text.empty() ? std::nullopt : parse_duration(text);
}

std::string check_duration(const std::string& text) {
    if (parse_duration(text)) return "";
    return "'" + text + "' is not a duration such as 90s, 5m or 1h30m";
}

std::string check_since(const std::string& text) {
    if (parse_since(text, {})) return "";
    return "'" + text + "' is neither a duration (1h), a date (2024-01-31 12:00) nor an ISO time in UTC";
}

void add_compose_options(CLI::App& command, RawOptions& options) {
    command.add_option("-p,--project-name", options.files.project_name, "of a Compose file")
        ->type_name("NAME");
    command.add_option("--env-file", options.files.env_files, "for a Compose file, instead of its .env")
        ->type_name("FILE")
        ->expected(1)
        ->take_all();
    command
        .add_option("-e,--env", options.files.variables, "variable for a Compose file, also from this shell")
        ->type_name("NAME[=VALUE]")
        ->expected(1)
        ->take_all();
}

void add_files(CLI::App& command, RawOptions& options) {
    command.add_option("FILE", options.files.settings_file, "settings or Compose file; - for standard input")
        ->required();
    command.add_option("--protected", options.files.protected_file, "protected settings")->type_name("FILE");
    add_compose_options(command, options);
}

/// Declares `--wait` and `--wait=5m`. The duration needs the "=": in `--wait 5m`, "5m" is another argument.
void add_wait(CLI::App& command, RawOptions& options) {
    command.add_flag("--wait{5m}", options.wait, "wait until converged, at most this long (default: 5m)")
        ->check(check_duration)
        ->type_name("[=DURATION]");
}

void add_time(CLI::App& command, const char* name, std::string& time, const char* help) {
    command.add_option(name, time, help)->check(check_since)->type_name("TIME");
}

void add_lines(CLI::App& command, RawOptions& options, const char* help) {
    command.add_option("-n,--tail,--lines", options.lines, help)
        ->check(CLI::Range(1U, 10'000U))
        ->type_name("N");
}

std::string check_swarm_secret(const std::string& text) {
    if (from_string<SwarmSecret>(text)) return "";
    return "'" + text + "' is not worker, manager or unlock-key";
}

/// Declares a command of another command, such as `swarm tokens`.
CLI::App& add_nested(CLI::App& parent, const char* name, const char* summary, std::string footer) {
    CLI::App* command = parent.add_subcommand(name, summary);
    command->group("Commands");
    command->footer(footer + "\n\n" + parent.get_footer());
    return *command;
}

void add_swarm_commands(CLI::App& swarm, RawOptions& options) {
    swarm.require_subcommand(0, 1);
    add_nested(swarm, "tokens", "print the protected settings with which machines join",
               "On a manager, as root. Deploy the printed document with the public settings that\n"
               "this machine has. It is secret: with it, machines join the swarm.")
        .callback([&options] { options.nested = ShowSwarmTokens{}; });
    CLI::App& rotate =
        add_nested(swarm, "rotate", "replace a join token or the unlock key",
                   "On a manager, as root. Machines that are in the swarm stay in it. Deploy what\n"
                   "`dockerextd swarm tokens` prints afterwards to all that have the former one.");
    rotate.add_option("WHAT", options.what, "worker, manager, unlock-key")
        ->required()
        ->check(check_swarm_secret);
    rotate.callback([&options] { options.nested = RotateSwarm{*from_string<SwarmSecret>(options.what)}; });
    CLI::App& recover =
        add_nested(swarm, "recover", "make this machine the only manager of a lost swarm",
                   "For a swarm whose managers are lost for good. Without --yes, says what it would\n"
                   "do. Refused while a majority of the managers answers. Needs root.");
    recover.add_flag("--yes", options.yes, "do it");
    recover.callback([&options] { options.nested = RecoverSwarm{options.yes}; });
    CLI::App& leave =
        add_nested(swarm, "leave", "take this machine out of its swarm",
                   "Its tasks end here. A manager becomes a worker first; the last one stays. Stop\n"
                   "the daemon first, which would join again. Needs root.");
    leave.add_flag("--on-uninstall", options.on_uninstall, "only if the settings have swarm.leave");
    leave.callback([&options] { options.nested = LeaveSwarm{options.docker_host, options.on_uninstall}; });
}

struct Entry {
    std::string_view name;
    const char* summary;
    void (*declare)(CLI::App&, RawOptions&);
    Command (*make)(const RawOptions&);
};

void no_arguments(CLI::App&, RawOptions&) {}

const std::array<Entry, 21> entries{{
    {"run", "run the daemon",
     [](CLI::App& command, RawOptions& options) {
         command.add_flag("--verbose", options.verbose, "log more detail");
     },
     [](const RawOptions& options) -> Command {
         return Run{options.docker_host, options.verbose};
     }},
    {"apply", "apply new settings",
     [](CLI::App& command, RawOptions& options) {
         add_files(command, options);
         add_wait(command, options);
         command.add_flag("--dry-run", options.dry_run, "only show what would be done");
     },
     [](const RawOptions& options) -> Command {
         return Apply{options.files, duration_of(options.wait), options.dry_run};
     }},
    {"validate", "check settings and show every error", add_files,
     [](const RawOptions& options) -> Command { return Validate{options.files}; }},
    {"plan", "show what would be done now, or with other settings",
     [](CLI::App& command, RawOptions& options) {
         add_files(command, options);
         command.get_option("--protected")->needs(command.get_option("FILE")->required(false));
     },
     [](const RawOptions& options) -> Command { return ShowPlan{options.files}; }},
    {"status", "show the state of this machine",
     [](CLI::App& command, RawOptions& options) {
         command.add_flag("-w,--watch", options.watch, "show it again after each change, until Ctrl-C");
         command.add_flag("--services", options.services_only, "only the names of the services")
             ->excludes("--watch");
     },
     [](const RawOptions& options) -> Command {
         return ShowStatus{options.watch, options.services_only};
     }},
    {"explain", "explain a service, part, network, volume or image",
     [](CLI::App& command, RawOptions& options) {
         command.add_option("NAME", options.service, "name in the settings, or in `status`")->required();
     },
     [](const RawOptions& options) -> Command { return Explain{options.service}; }},
    {"history", "show what was done and why",
     [](CLI::App& command, RawOptions& options) {
         add_time(command, "--since", options.since, "1h, 2024-01-31, 2024-01-31T12:00:00Z");
         add_time(command, "--until", options.until, "before this time");
         command.add_option("--service", options.service, "only of this service")->type_name("SERVICE");
         command.add_flag("--failed", options.failed, "only what failed");
         add_lines(command, options, "the last N actions (default: 200)");
     },
     [](const RawOptions& options) -> Command {
         return ShowHistory{time_of(options.since, options.now), time_of(options.until, options.now),
                            options.service, options.failed, options.lines};
     }},
    {"reconcile", "check everything now and retry what failed",
     [](CLI::App& command, RawOptions& options) {
         command.add_option("SERVICE", options.services, "only these services")->expected(0, -1);
         add_wait(command, options);
     },
     [](const RawOptions& options) -> Command {
         return Reconcile{options.services, duration_of(options.wait)};
     }},
    {"restart", "restart the containers of services",
     [](CLI::App& command, RawOptions& options) {
         command.add_option("SERVICE", options.services, "names of services in the settings")
             ->required()
             ->expected(1, -1);
         add_wait(command, options);
     },
     [](const RawOptions& options) -> Command {
         return Restart{options.services, duration_of(options.wait)};
     }},
    {"rollback", "return to settings with which everything ran",
     [](CLI::App& command, RawOptions& options) {
         command.add_flag("--list", options.list, "only show these settings, the newest first");
         command.add_option("--to", options.to, "their number (default: the newest before now)")
             ->check(CLI::Range(1U, std::numeric_limits<unsigned>::max()))
             ->type_name("N")
             ->excludes("--list");
         command.add_flag("--dry-run", options.dry_run, "only show what would be done")->excludes("--list");
     },
     [](const RawOptions& options) -> Command {
         return Rollback{options.to, options.list, options.dry_run};
     }},
    {"pause", "stop making changes for a while",
     [](CLI::App& command, RawOptions& options) {
         command.add_option("DURATION,--for", options.duration, "how long (default: until `resume`)")
             ->check(check_duration)
             ->type_name("DURATION");
     },
     [](const RawOptions& options) -> Command { return Pause{duration_of(options.duration)}; }},
    {"resume", "end a pause", no_arguments, [](const RawOptions&) -> Command { return Resume{}; }},
    {"down", "remove all that is managed here, forget the settings",
     [](CLI::App& command, RawOptions& options) {
         command.add_flag("--volumes", options.volumes,
                          "also remove the project's volumes with all their data");
         command.add_flag("--engine", options.engine, "also take back the engine's options, port and logins");
     },
     [](const RawOptions& options) -> Command {
         return Down{options.volumes, options.engine};
     }},
    {"remove-engine", "remove the engine, if the settings ask for it",
     [](CLI::App& command, RawOptions&) {
         command.footer(
             "Runs when the Azure extension is uninstalled. Acts only if docker.install has\n"
             "\"on-uninstall\": \"remove\"; removes only packages that this daemon has\n"
             "installed, and never any data. Stop the daemon first.\n\n" +
             command.get_footer());
     },
     [](const RawOptions& options) -> Command { return RemoveEngine{options.docker_host}; }},
    {"logs", "show the output of services",
     [](CLI::App& command, RawOptions& options) {
         command.add_option("SERVICE", options.services, "only of these services")->expected(0, -1);
         command.add_flag("-f,--follow", options.follow, "go on until Ctrl-C");
         add_lines(command, options, "the last N lines of each (default: 100, or --since)");
         add_time(command, "--since", options.since, "only what was written later");
         command.add_flag("-t,--timestamps", options.timestamps, "show when each line was written");
     },
     [](const RawOptions& options) -> Command {
         return ShowLogs{options.services, options.lines, time_of(options.since, options.now), options.follow,
                         options.timestamps};
     }},
    {"show", "show the settings in force", no_arguments,
     [](const RawOptions&) -> Command { return ShowSettings{}; }},
    {"doctor", "check the whole machine, and say what to do",
     [](CLI::App& command, RawOptions&) {
         command.footer(
             "Works without a daemon or an engine, and changes nothing; as root it sees more.\n"
             "Takes at most about 20 s. Exit codes: 0 all well, 1 errors, 3 warnings.\n\n" +
             command.get_footer());
     },
     [](const RawOptions& options) -> Command { return Diagnose{options.docker_host}; }},
    {"report", "write a page that shows the machine and its history",
     [](CLI::App& command, RawOptions& options) {
         add_time(command, "--since", options.since, "1h, 2024-01-31, 2024-01-31T12:00:00Z (default: 24h)");
         command.add_option("-o,--output", options.output, "a new file")->type_name("FILE")->required();
         command.footer(
             "One HTML file with everything in it: state, timeline and actions of services,\n"
             "dependencies, images, limits, the plan, and the checks of `doctor`. Opens in any\n"
             "browser, also from a mail, and prints. Secrets of the settings are hidden; the\n"
             "output of containers may hold anything.\n\n" +
             command.get_footer());
     },
     [](const RawOptions& options) -> Command {
         return WriteReport{options.docker_host, time_of(options.since, options.now), options.output};
     }},
    {"support-bundle", "write an archive for support, without secrets",
     [](CLI::App& command, RawOptions& options) {
         command.add_option("-o,--output", options.output, "the archive, .tar.zst; must not exist yet")
             ->required()
             ->type_name("FILE");
         command.footer(
             "Contains doctor, status, plan, history, journals, units, the engine's objects\n"
             "of the project and the Azure agent's logs about the extension. Secrets of the\n"
             "settings are hidden. Needs root; works without a daemon or an engine.\n\n" +
             command.get_footer());
     },
     [](const RawOptions& options) -> Command {
         return SupportBundle{options.output, options.docker_host};
     }},
    {"swarm", "join tokens, leaving, and recovery of a swarm", add_swarm_commands,
     [](const RawOptions& options) { return options.nested; }},
    {"import", "convert a Compose file to settings",
     [](CLI::App& command, RawOptions& options) {
         command.add_option("FILE", options.files.settings_file, "Compose file; - for standard input")
             ->required();
         add_compose_options(command, options);
         command.add_option("-o,--output", options.output, "a new file, instead of standard output")
             ->type_name("FILE");
         command.footer(
             "Prints the settings as JSON. Checks only the YAML; `validate` checks the rest.\n"
             "Comments are lost. Variables are not replaced; those of a .env beside the file\n"
             "become \"compose-environment\". Files that the Compose file names (env_file,\n"
             "extends, include, binds) are read from the project directory when the settings\n"
             "are applied, not from the folder of the Compose file.\n\n" +
             command.get_footer());
     },
     [](const RawOptions& options) -> Command {
         return Import{options.files, options.output};
     }},
}};

/// CLI11's help without its own notation ("{5m}", "TEXT", "Needs:").
struct Help : CLI::Formatter {
    Help() {
        column_width(26);
        label("OPTIONS", "OPTION…");
        label("SUBCOMMAND", "COMMAND");
        label("Positionals", "Arguments");
    }
    std::string make_option_name(const CLI::Option* option, bool positional) const override {
        const std::string name = CLI::Formatter::make_option_name(option, positional);
        return name.substr(0, name.find('{'));
    }
    std::string make_option_opts(const CLI::Option* option) const override {
        std::string type = option->get_type_name();
        type.resize(std::min(type.find(':'), type.size()));
        if (option->get_positional() || type.empty()) return "";
        return (type.starts_with('[') ? "" : " ") + type;
    }
};

void declare(CLI::App& app, RawOptions& options) {
    app.formatter(std::make_shared<Help>());
    app.require_subcommand(0, 1);
    app.footer(
        "Exit codes: 0 success, 1 failure, 2 invalid usage or settings,\n"
        "3 not converged or changes pending, 4 daemon not reachable.");
    app.set_help_flag("-h,--help", "show this help");
    app.set_version_flag("--version", "dockerextd " DOCKEREXTD_VERSION, "show the version");
    app.add_option("--root", options.common.root, "prefix of every path, for tests")->type_name("DIR");
    app.add_option("--docker-host", options.docker_host, "the engine's socket, for run and without a daemon")
        ->type_name("URL");
    app.add_flag("--json", options.common.json, "print JSON instead of text");
    for (const Entry& entry : entries) {
        CLI::App* command = app.add_subcommand(std::string(entry.name), entry.summary);
        command->group("Commands");
        command->footer("Global options: --root DIR, --docker-host URL, --json; see `dockerextd --help`.");
        command->fallthrough();  // allows the common options after the command
        entry.declare(*command, options);
    }
}

/// The command that the arguments name: one of these, one nested in it, or the program itself.
const CLI::App& named_command(const CLI::App& app) {
    const auto commands = app.get_subcommands();
    return commands.empty() ? app : named_command(*commands.front());
}

/// What the command line begins with: " swarm rotate"; "" for the program itself.
std::string path_of(const CLI::App& command) {
    const CLI::App* const parent = command.get_parent();
    return parent == nullptr ? "" : path_of(*parent) + " " + command.get_name();
}

std::vector<std::string_view> commands_of(const CLI::App& command) {
    std::vector<std::string_view> names;
    for (const CLI::App* each : command.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(each->get_name());
    return names;
}

/// `help COMMAND` and `version`, as other programs have them.
void use_options_for(std::vector<std::string>& arguments) {
    if (arguments.empty()) return;
    if (arguments.front() == "version") arguments.front() = "--version";
    if (arguments.front() != "help") return;
    arguments.erase(arguments.begin());
    arguments.emplace_back("--help");
}

Notice usage_error(const std::string& command, const std::string& complaint) {
    return {Exit::usage, "dockerextd: " + complaint + "\nTry 'dockerextd" + command + " --help'.\n"};
}

Notice notice_of(const CLI::App& app, const CLI::ParseError& ending) {
    std::ostringstream out, err;
    if (app.exit(ending, out, err) == 0) return {Exit::success, out.str()};
    const CLI::App& command = named_command(app);
    const auto commands = commands_of(command);
    const auto rest = app.remaining(true);
    const bool unknown = !commands.empty() && !rest.empty() && !rest.front().starts_with('-');
    return usage_error(path_of(command), unknown ? unknown_command(rest.front(), commands) : ending.what());
}

}  // namespace

std::variant<Invocation, Notice> parse_command_line(std::vector<std::string> arguments, model::WallTime now) {
    use_options_for(arguments);
    CLI::App app("Keeps this machine's Docker in the state that its settings describe.", "dockerextd");
    RawOptions options;
    options.now = now;
    declare(app, options);
    try {
        std::reverse(arguments.begin(), arguments.end());  // CLI11 wants them in reverse order
        app.parse(std::move(arguments));
    } catch (const CLI::ParseError& ending) {
        return notice_of(app, ending);
    }
    const CLI::App& command = named_command(app);
    if (!commands_of(command).empty()) return usage_error(path_of(command), "a command is required");
    const std::string name = app.get_subcommands().front()->get_name();
    const auto entry =
        std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.name == name; });
    Invocation invocation = options.common;
    invocation.command = entry->make(options);
    return invocation;
}

}  // namespace dockerext::cli
