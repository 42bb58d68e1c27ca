#include "bundle/collect.hpp"

#include "base/child_process.hpp"
#include "base/task_group.hpp"
#include "bundle/hidden.hpp"

#include <boost/asio/this_coro.hpp>

namespace dockerext::bundle {
namespace {

constexpr std::string_view unit_properties =
    "Id,LoadState,ActiveState,SubState,Result,NRestarts,MainPID,FragmentPath,DropInPaths,NeedDaemonReload";
constexpr std::string_view units_file = "systemd/units.txt", engine_log = "journal/engine.log";

struct Question {
    std::string name;
    Command command;
};

std::vector<Question> questions_to_systemd() {
    const Command journal{"journalctl", "--no-pager", "--quiet", "-o", "short-iso-precise", "-n", "20000"};
    const auto journal_of = [&](std::initializer_list<std::string> units) {
        Command command = journal;
        for (const std::string& unit : units) command.push_back("--unit=" + unit);
        return command;
    };
    // With the log driver journald, containers write under the engine's unit, too.
    Command engine = journal_of({"docker.service", "docker.socket", "containerd.service"});
    for (const char* name : {"dockerd", "containerd", "systemd"})
        engine.push_back("--identifier=" + std::string(name));
    return {{"journal/dockerextd.log", journal_of({"dockerextd.service"})},
            {std::string(engine_log), std::move(engine)},
            {std::string(units_file),
             {"systemctl", "--no-pager", "cat", "dockerextd.service", "docker.service", "docker.socket",
              "containerd.service"}},
            {"systemd/status.txt",
             {"systemctl", "--no-pager", "show", "--property=" + std::string(unit_properties),
              "dockerextd.service", "docker.service", "docker.socket"}},
            {"systemd/failed.txt", {"systemctl", "--no-pager", "--plain", "list-units", "--failed"}}};
}

Task<void> run_program(Question question, std::size_t margin, model::BundlePart& part) {
    ChildOptions options{.limit = part_limit, .keep = part_size};
    auto running = run_child(std::move(question.command), std::move(options));
    auto result = co_await std::move(running);
    part.name = question.name;
    if (!result) {
        part.text = result.error();
        co_return;
    }
    const bool is_cut = result->out.size() >= part_size;
    part.text = is_cut ? without_margin(std::move(result->out), margin) : std::move(result->out);
    if (question.name == units_file) part.text = without_unit_secrets(*part.text);
    if (question.name == engine_log) part.text = without_request_bodies(*part.text);
    if (!result->succeeded() && part.text->empty()) part.text = Error(ErrorKind::unavailable, result->err);
}

}  // namespace

Task<Parts> collect_systemd(const Sources& sources) {
    auto questions = questions_to_systemd();
    Parts parts(questions.size(), {"", Error(ErrorKind::unavailable, "another root than this machine's")});
    TaskGroup group(co_await asio::this_coro::executor);
    for (std::size_t i = 0; i < questions.size(); ++i) {
        parts[i].name = questions[i].name;
        if (sources.root == "/") group.spawn(run_program(std::move(questions[i]), sources.margin, parts[i]));
    }
    co_await group.join();
    co_return parts;
}

}  // namespace dockerext::bundle
