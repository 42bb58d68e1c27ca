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

/// A parsed command line in a compact form for tables.
std::string form(const Invocation& invocation) {
    const std::string command = std::visit(
        overloaded{
            [](const Run& c) { return "run " + c.docker_host + (c.verbose ? " verbose" : ""); },
            [](const Apply& c) {
                return "apply " + c.settings_file + "," + c.protected_file + " wait=" + text_of(c.wait) +
                       (c.dry_run ? " dry" : "");
            },
            [](const Validate& c) { return "validate " + c.settings_file + "," + c.protected_file; },
            [](const ShowPlan& c) { return "plan " + c.settings_file + "," + c.protected_file; },
            [](const ShowStatus& c) { return std::string("status") + (c.watch ? " watch" : ""); },
            [](const Explain& c) { return "explain " + c.service; },
            [](const ShowHistory& c) {
                return "history " +
                       (c.since ? text_of(std::chrono::floor<std::chrono::seconds>(noon - *c.since)) : "-");
            },
            [](const Reconcile& c) {
                std::string services;
                for (const auto& service : c.services) services += service + ",";
                return "reconcile " + services + " wait=" + text_of(c.wait);
            },
            [](const Rollback& c) {
                return "rollback " + std::to_string(c.to.value_or(0)) + (c.list ? " list" : "") +
                       (c.dry_run ? " dry-run" : "");
            },
            [](const Pause& c) { return "pause " + text_of(c.duration); },
            [](const Resume&) { return std::string("resume"); },
            [](const Down& down) { return std::string(down.volumes ? "down with volumes" : "down"); },
            [](const RemoveEngine& c) { return "remove-engine " + c.docker_host; },
            [](const Import& c) { return "import " + c.compose_file; },
            [](const ShowLogs& c) { return "logs " + c.service + " " + std::to_string(c.lines); },
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
        {"reconcile", "reconcile  wait=-"},
        {"reconcile --wait web db", "reconcile web,db, wait=300s"},
        {"reconcile web db --wait=10", "reconcile web,db, wait=10s"},
        {"rollback", "rollback 0"},
        {"rollback --list", "rollback 0 list"},
        {"rollback --to 7 --dry-run", "rollback 7 dry-run"},
        {"pause", "pause -"},
        {"pause --for 2d", "pause 172800s"},
        {"resume", "resume"},
        {"down", "down"},
        {"down --volumes", "down with volumes"},
        {"logs web", "logs web 100"},
        {"logs -n 7 web", "logs web 7"},
        {"logs web --lines=7", "logs web 7"},
        {"import docker-compose.yml", "import docker-compose.yml"},
        {"import -", "import -"},
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
        {"--frobnicate", "--frobnicate"},
        {"status --frobnicate", "--frobnicate"},
        {"status extra", "extra"},
        {"apply", "FILE is required"},
        {"apply s.json --wait=soon", "'soon' is not a duration such as 90s"},
        {"pause --for 0", "'0' is not a duration"},
        {"pause --for", "--for"},
        {"plan --protected p.json", "FILE"},
        {"history --since yesterday", "'yesterday' is neither a duration"},
        {"explain", "SERVICE is required"},
        {"import", "FILE is required"},
        {"logs web --lines 0", "--lines"},
        {"logs web --lines many", "many"},
        {"status status", "status"},
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

TEST(CommandLine, PrintsHelpWithinEightyColumns) {
    for (const char* line :
         {"--help", "run --help", "apply --help", "validate --help", "plan --help", "status --help",
          "explain --help", "history --help", "reconcile --help", "rollback --help", "pause --help",
          "resume --help", "down --help", "logs --help", "import --help"}) {
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
