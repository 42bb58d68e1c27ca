#include "cli/command_line.hpp"

#include "base/overloaded.hpp"
#include "support/noon.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace dockerext::cli {
namespace {

using namespace std::chrono_literals;
using test::noon;

std::vector<std::string> words(const std::string& line) {
    std::istringstream in(line);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

std::string text_of(const std::optional<std::chrono::seconds>& duration) {
    return duration ? std::to_string(duration->count()) + "s" : "-";
}

std::string ago(const std::optional<model::WallTime>& time) {
    return time ? text_of(std::chrono::floor<std::chrono::seconds>(noon - *time)) : "-";
}

std::string joined(const std::vector<std::string>& services) {
    std::string text;
    for (const auto& service : services) text += service + ",";
    return text;
}

/// A parsed command line in a compact form for tables.
std::string form(const Invocation& invocation) {
    const std::string command = std::visit(
        overloaded{
            [](const Run& c) { return "run " + c.docker_host + (c.verbose ? " verbose" : ""); },
            [](const Apply& c) {
                return "apply " + c.files.settings_file + "," + c.files.protected_file +
                       " wait=" + text_of(c.wait) + (c.dry_run ? " dry" : "");
            },
            [](const Validate& c) {
                return "validate " + c.files.settings_file + "," + c.files.protected_file;
            },
            [](const ShowPlan& c) { return "plan " + c.files.settings_file + "," + c.files.protected_file; },
            [](const ShowStatus& c) {
                return std::string("status") + (c.watch ? " watch" : "") + (c.services ? " services" : "");
            },
            [](const Explain& c) { return "explain " + c.service; },
            [](const ShowHistory& c) {
                return "history " + ago(c.since) + (c.until ? " until " + ago(c.until) : "") +
                       (c.service.empty() ? "" : " " + c.service) + (c.failed ? " failed" : "") +
                       (c.lines ? " " + std::to_string(*c.lines) : "");
            },
            [](const Reconcile& c) { return "reconcile " + joined(c.services) + " wait=" + text_of(c.wait); },
            [](const Restart& c) { return "restart " + joined(c.services) + " wait=" + text_of(c.wait); },
            [](const Rollback& c) {
                return "rollback " + std::to_string(c.to.value_or(0)) + (c.list ? " list" : "") +
                       (c.dry_run ? " dry-run" : "");
            },
            [](const Pause& c) { return "pause " + text_of(c.duration); },
            [](const Resume&) { return std::string("resume"); },
            [](const Down& down) {
                return std::string(down.volumes  ? "down with volumes"
                                   : down.engine ? "down with engine"
                                                 : "down");
            },
            [](const RemoveEngine& c) { return "remove-engine " + c.docker_host; },
            [](const Import& c) {
                return "import " + c.files.settings_file + (c.output.empty() ? "" : " to " + c.output);
            },
            [](const ShowSettings&) { return std::string("show"); },
            [](const ShowLogs& c) {
                return "logs " + joined(c.services) + (c.lines ? " " + std::to_string(*c.lines) : "") +
                       (c.since ? " since " + ago(c.since) : "") + (c.follow ? " follow" : "") +
                       (c.timestamps ? " timestamps" : "");
            },
            [](const Diagnose& c) { return "doctor " + c.docker_host; },
            [](const WriteReport& c) { return "report " + ago(c.since) + " " + c.output; },
            [](const SupportBundle& c) { return "support-bundle " + c.file + " " + c.docker_host; },
            [](const ShowSwarmTokens&) { return std::string("swarm tokens"); },
            [](const RotateSwarm& c) { return "swarm rotate " + std::string(to_string(c.what)); },
            [](const RecoverSwarm& c) {
                return std::string("swarm recover") + (c.is_confirmed ? " yes" : "");
            },
            [](const LeaveSwarm& c) {
                return "swarm leave " + c.docker_host + (c.is_uninstallation ? " on uninstall" : "");
            },
        },
        invocation.command);
    return command + (invocation.root == "/" ? "" : " root=" + invocation.root) +
           (invocation.json ? " json" : "");
}

TEST(CommandLine, ParsesEveryCommand) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"run", "run unix:///run/docker.sock"},
        {"--root /r run --docker-host unix:///x --verbose", "run unix:///x verbose root=/r"},
        {"run --root=/r", "run unix:///run/docker.sock root=/r"},
        {"apply s.json", "apply s.json, wait=-"},
        {"apply s.json --protected p.json --wait", "apply s.json,p.json wait=300s"},
        {"apply --wait s.json", "apply s.json, wait=300s"},
        {"apply --wait=1h30m - --json", "apply -, wait=5400s json"},
        {"apply --dry-run s.json", "apply s.json, wait=- dry"},
        {"validate s.json --protected -", "validate s.json,-"},
        {"plan", "plan ,"},
        {"plan s.json --protected p.json", "plan s.json,p.json"},
        {"status", "status"},
        {"status --watch --json", "status watch json"},
        {"status -w", "status watch"},
        {"status --services", "status services"},
        {"--json status", "status json"},
        {"explain web", "explain web"},
        {"remove-engine", "remove-engine unix:///run/docker.sock"},
        {"remove-engine --root /r", "remove-engine unix:///run/docker.sock root=/r"},
        {"explain status", "explain status"},
        {"reconcile status run", "reconcile status,run, wait=-"},
        {"explain web --root /r", "explain web root=/r"},
        {"history", "history -"},
        {"history --since 90m", "history 5400s"},
        {"history --since 2024-01-31T11:59:00Z", "history 60s"},
        {"history --until 1m --service web --failed -n 5", "history - until 60s web failed 5"},
        {"reconcile", "reconcile  wait=-"},
        {"reconcile --wait web db", "reconcile web,db, wait=300s"},
        {"reconcile web db --wait=10", "reconcile web,db, wait=10s"},
        {"rollback", "rollback 0"},
        {"rollback --list", "rollback 0 list"},
        {"rollback --to 7 --dry-run", "rollback 7 dry-run"},
        {"pause", "pause -"},
        {"pause --for 2d", "pause 172800s"},
        {"pause 2h", "pause 7200s"},
        {"resume", "resume"},
        {"down", "down"},
        {"down --volumes", "down with volumes"},
        {"down --engine", "down with engine"},
        {"report -o r.html --since 1h", "report 3600s r.html"},
        {"logs", "logs "},
        {"logs web db -f", "logs web,db, follow"},
        {"logs -n 7 web", "logs web, 7"},
        {"logs web --tail=7 --since 1m -t", "logs web, 7 since 60s timestamps"},
        {"show", "show"},
        {"restart web db --wait", "restart web,db, wait=300s"},
        {"import -o s.json c.yml", "import c.yml to s.json"},
        {"doctor", "doctor unix:///run/docker.sock"},
        {"--docker-host unix:///x doctor", "doctor unix:///x"},
        {"support-bundle -o b.tar.zst", "support-bundle b.tar.zst unix:///run/docker.sock"},
        {"import docker-compose.yml", "import docker-compose.yml"},
        {"import -", "import -"},
        {"swarm tokens", "swarm tokens"},
        {"--json swarm tokens", "swarm tokens json"},
        {"swarm tokens --root /r --json", "swarm tokens root=/r json"},
        {"swarm rotate worker", "swarm rotate worker"},
        {"swarm rotate manager", "swarm rotate manager"},
        {"swarm rotate unlock-key", "swarm rotate unlock-key"},
        {"swarm recover", "swarm recover"},
        {"swarm recover --yes", "swarm recover yes"},
        {"swarm leave", "swarm leave unix:///run/docker.sock"},
        {"swarm leave --on-uninstall --docker-host unix:///e --root /r",
         "swarm leave unix:///e on uninstall root=/r"},
    };
    for (const auto& [line, expected] : cases) {
        SCOPED_TRACE(line);
        const auto parsed = parse_command_line(words(line), noon);
        const auto* notice = std::get_if<Notice>(&parsed);
        ASSERT_EQ(notice, nullptr) << notice->text;
        EXPECT_EQ(form(std::get<Invocation>(parsed)), expected);
    }
}

TEST(CommandLine, IsRefusedWithTheReason) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "a command is required"},
        {"frobnicate", "'frobnicate' is not a command\n"},
        {"statsu", "'statsu' is not a command; did you mean 'status'?"},
        {"status -w --services", "--services"},
        {"up", "did you mean 'apply'?"},
        {"ps -a", "did you mean 'status'?"},
        {"restart", "SERVICE is required"},
        {"--frobnicate", "--frobnicate"},
        {"status --frobnicate", "--frobnicate"},
        {"status extra", "extra"},
        {"apply", "FILE is required"},
        {"apply s.json --wait=soon", "'soon' is not a duration such as 90s"},
        {"pause --for 0", "'0' is not a duration"},
        {"pause --for", "--for"},
        {"plan --protected p.json", "FILE"},
        {"history --since yesterday", "'yesterday' is neither a duration"},
        {"explain", "NAME is required"},
        {"support-bundle", "--output is required"},
        {"import", "FILE is required"},
        {"report", "--output is required"},
        {"logs web --lines 0", "--tail"},
        {"logs web --lines many", "many"},
        {"status status", "status"},
        {"swarm", "a command is required\nTry 'dockerextd swarm --help'"},
        {"swarm token", "'token' is not a command; did you mean 'tokens'?\nTry 'dockerextd swarm --help'"},
        {"swarm rm", "'rm' is not a command\n"},
        {"swarm --yes", "--yes"},
        {"swarm rotate", "WHAT is required\nTry 'dockerextd swarm rotate --help'"},
        {"swarm rotate key", "WHAT: 'key' is not worker, manager or unlock-key\n"},
        {"swarm tokens worker", "worker\nTry 'dockerextd swarm tokens --help'"},
        {"swarm tokens --yes", "--yes"},
    };
    for (const auto& [line, expected] : cases) {
        SCOPED_TRACE(line);
        const auto parsed = parse_command_line(words(line), noon);
        ASSERT_TRUE(std::holds_alternative<Notice>(parsed));
        const Notice& notice = std::get<Notice>(parsed);
        EXPECT_EQ(notice.exit, Exit::usage);
        EXPECT_TRUE(notice.text.starts_with("dockerextd: ")) << notice.text;
        EXPECT_NE(notice.text.find(expected), std::string::npos) << notice.text;
    }
}

TEST(CommandLine, PrintsTheVersion) {
    const Notice notice = std::get<Notice>(parse_command_line({"--version"}, noon));
    EXPECT_EQ(notice.exit, Exit::success);
    EXPECT_TRUE(notice.text.starts_with("dockerextd 0.")) << notice.text;
}

TEST(CommandLine, KnowsHelpAndVersionAsCommands) {
    const auto text = [](const char* line) {
        return std::get<Notice>(parse_command_line(words(line), noon)).text;
    };
    EXPECT_EQ(text("version"), text("--version"));
    EXPECT_EQ(text("help"), text("--help"));
    EXPECT_EQ(text("help apply"), text("apply --help"));
    EXPECT_EQ(text("help swarm rotate"), text("swarm rotate --help"));
}

TEST(CommandLine, PrintsHelpWithinEightyColumns) {
    for (const char* line : {"--help",
                             "run --help",
                             "apply --help",
                             "validate --help",
                             "plan --help",
                             "status --help",
                             "explain --help",
                             "history --help",
                             "reconcile --help",
                             "rollback --help",
                             "pause --help",
                             "resume --help",
                             "down --help",
                             "logs --help",
                             "import --help",
                             "restart --help",
                             "show --help",
                             "doctor --help",
                             "support-bundle --help",
                             "report --help",
                             "swarm --help",
                             "swarm tokens --help",
                             "swarm rotate --help",
                             "swarm recover --help",
                             "swarm leave --help"}) {
        SCOPED_TRACE(line);
        const Notice notice = std::get<Notice>(parse_command_line(words(line), noon));
        EXPECT_EQ(notice.exit, Exit::success);
        EXPECT_NE(notice.text.find("--help"), std::string::npos) << notice.text;
        std::istringstream lines(notice.text);
        for (std::string text; std::getline(lines, text);) EXPECT_LE(text.size(), 80U) << text;
    }
}

}  // namespace
}  // namespace dockerext::cli
