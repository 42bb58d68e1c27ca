#include "base/iso_time.hpp"
#include "base/json_writer.hpp"
#include "base/regular_file.hpp"
#include "base/url.hpp"
#include "cli/answers.hpp"
#include "cli/execute.hpp"
#include "cli/shared_texts.hpp"
#include "cli/status.hpp"
#include "page/page.hpp"

#include <unistd.h>

#include <array>
#include <ostream>

namespace dockerext::cli {
namespace {

/// Asks the daemon for one thing after the other, and collects why what is missing is missing.
class Questions {
public:
    explicit Questions(const Context& context) : context_(context) {}

    template <typename Value>
    std::optional<Value> ask(const std::string& what, const std::string& target,
                             Result<Value> (*parse)(std::string_view)) {
        if (!is_reachable_) return {};
        const auto answer = context_.daemon.get(target);
        if (!answer) {
            is_reachable_ = false;
            return without("the daemon's part", unreachable_text(context_, answer.error()));
        }
        if (!is_success(answer)) return without(what, refusal_text(*answer));
        auto value = parse(answer->body);
        if (!value) return without(what, value.error().message());
        return std::move(*value);
    }

    std::vector<std::string> take_missing() { return std::move(missing_); }

private:
    std::nullopt_t without(const std::string& what, const std::string& why) {
        missing_.push_back("Without " + what + ": " + why);
        return std::nullopt;
    }

    const Context& context_;
    bool is_reachable_ = true;
    std::vector<std::string> missing_;
};

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "this machine";
}

page::PageFacts page_facts(const WriteReport& command, const Context& context) {
    page::PageFacts facts;
    facts.host = host_name();
    facts.version = DOCKEREXTD_VERSION;
    facts.now = context.now();
    facts.since = command.since.value_or(facts.now - std::chrono::hours(24));
    Questions questions(context);
    facts.status = questions.ask("the state", "/v1/status", parse_status);
    facts.services = questions.ask("the services of the settings", "/v1/project", parse_project);
    facts.history = questions.ask("the history",
                                  "/v1/history?limit=10000&since=" + percent_encoded(iso_time(facts.since)),
                                  parse_history);
    facts.plan = questions.ask("the plan", "/v1/plan", parse_plan);
    facts.missing = questions.take_missing();
    facts.headline = facts.status ? headline(*facts.status, facts.now) : "the daemon cannot be asked";
    facts.findings = context.services.examine_machine(context.root, command.docker_host);
    return facts;
}

std::string to_json(const WriteReport& command, const std::vector<std::string>& missing) {
    JsonWriter json;
    json.begin_object();
    json.text("file", command.output);
    json.begin_array("missing");
    for (const std::string& each : missing) json.text(each);
    json.end_array();
    json.end_object();
    return json.take();
}

}  // namespace

Exit execute(const WriteReport& command, Context& context) {
    const page::PageFacts facts = page_facts(command, context);
    const auto written = write_new(command.output, page::page(facts));
    if (!written) return report_error(context, Exit::failed, written.error().message());
    if (context.json) return show_json(context, to_json(command, facts.missing)), Exit::success;
    context.console.out << "wrote " << printable(command.output) << "\n";
    for (const std::string& why : facts.missing) context.console.err << printable(why) << "\n";
    return Exit::success;
}

}  // namespace dockerext::cli
