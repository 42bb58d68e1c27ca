#include "cli/answers.hpp"

#include "base/json_document.hpp"
#include "cli/answer_reader.hpp"
#include "model/observed.hpp"

#include <utility>

namespace dockerext::cli {
namespace {

using namespace model;
using StepStatus = state::JournalEntry::Status;

/// "container web-1", as model::to_string writes it.
Subject subject_named(const std::string& text) {
    return parse_subject(text).value_or(Subject{Subject::Kind::container, text});
}

Problem read_problem(AnswerReader& json) { return {json.text("path"), json.text("message")}; }

Change read_change(AnswerReader& json) { return {json.text("field"), json.text("have"), json.text("want")}; }

PartStatus read_part(AnswerReader& json) {
    return {json.text("name"), json.enum_value<PartState>("state"), json.text("message"),
            json.boolean("final").value_or(false)};
}

ContainerStatus read_container(AnswerReader& json) {
    return {{json.text("name")},
            {json.text("id")},
            json.enum_value_unless<ContainerState>("unknown", "state"),
            json.enum_value_unless<Health>("", "health").value_or(Health::none),
            {json.text("image")},
            json.text("digest")};
}

ImageCheckStatus read_image_check(AnswerReader& json) {
    return {json.time("checkedAt"), json.text("newer"), json.text("error")};
}

Evidence read_evidence(AnswerReader& json) { return {json.text("what"), json.strings("lines")}; }

SettingsStatus read_settings(AnswerReader& json) {
    return {json.number<std::int64_t>("sequence"), json.enum_value_unless<SettingsSource>("", "source"),
            json.enum_value<SettingsState>("state"), json.all("errors", read_problem)};
}

EngineStatus read_engine(AnswerReader& json) {
    return {json.enum_value<EngineState>("state"), json.text("version"), json.text("api"),
            json.text("message"), json.time("since").value_or(WallTime{})};
}

PullStatus read_pull(AnswerReader& json) {
    return {json.number<std::uint64_t>("doneBytes"), json.number<std::uint64_t>("totalBytes")};
}

Watching read_watching(AnswerReader& json) {
    return {json.time("since").value_or(WallTime{}),
            std::chrono::seconds(json.number<std::int64_t>("seconds"))};
}

ServiceStatus read_service(AnswerReader& json) {
    ServiceStatus service;
    service.name = {json.text("name")};
    service.state = json.enum_value<ServiceState>("state");
    service.desired_replicas = json.number<unsigned>("wanted");
    service.running = json.number<unsigned>("running");
    service.containers = json.all("containers", read_container);
    service.drift = json.all("drift", read_change);
    service.reason = json.text("reason");
    service.evidence = json.all("evidence", read_evidence);
    service.watching = json.one_or_none("watching", read_watching);
    service.since = json.time("since");
    service.attempts = json.number<unsigned>("attempts");
    service.next_attempt = json.time("nextAttempt");
    service.in_progress = json.boolean("inProgress").value_or(false);
    service.image_check = json.one("imageCheck", read_image_check);
    service.pull = json.one_or_none("pull", read_pull);
    return service;
}

NodeStatus read_node(AnswerReader& json) {
    NodeStatus node;
    node.id = json.text("id");
    node.name = json.text("name");
    node.role = json.enum_value<SwarmRole>("role");
    node.availability = json.enum_value<NodeAvailability>("availability");
    node.state = json.enum_value<NodeState>("state");
    node.reachability = json.text("reachability");
    node.engine = json.text("engine");
    node.address = json.text("address");
    return node;
}

SwarmStatus read_swarm(AnswerReader& json) {
    SwarmStatus swarm;
    swarm.state = json.enum_value<LocalNodeState>("state");
    swarm.role = json.enum_value_unless<SwarmRole>("", "role");
    swarm.cluster = json.text("cluster");
    swarm.node = json.text("node");
    swarm.address = json.text("address");
    swarm.nodes = json.all("nodes", read_node);
    return swarm;
}

Held read_held(AnswerReader& json) {
    Held held;
    held.subject = subject_named(json.text("subject"));
    if (auto service = json.string("service")) held.service = ServiceName{*service};
    held.why = json.enum_value<Held::Why>("why");
    held.reason = json.text("reason");
    return held;
}

PlannedStep read_step(AnswerReader& json) {
    PlannedStep step;
    step.id = json.number<std::uint64_t>("id");
    step.after = json.numbers("after");
    step.verb = json.text("verb");
    step.object = json.text("object");
    step.service = json.text("service");
    step.reason = json.text("reason");
    step.subject = subject_named(json.text("subject"));
    step.waits_for = json.text("waitsFor");
    step.changes = json.all("changes", read_change);
    return step;
}

state::JournalEntry read_past(AnswerReader& json) {
    state::JournalEntry past;
    past.time = json.time("time").value_or(WallTime{});
    past.verb = json.text("verb");
    past.object = json.text("object");
    past.service = json.text("service");
    past.reason = json.text("reason");
    past.changes = json.all("changes", read_change);
    past.status = json.enum_value<StepStatus>("status");
    past.error = json.text("error");
    past.took = std::chrono::milliseconds(json.number<std::int64_t>("tookMs"));
    return past;
}

GoodSettings read_good_settings(AnswerReader& json) {
    return {json.number<unsigned>("number"), json.time("at").value_or(WallTime{}),
            json.enum_value<SettingsSource>("source"), json.number<std::int64_t>("sequence")};
}

std::vector<GoodSettings> read_good(AnswerReader& json) { return json.all("good", read_good_settings); }

PlanAnswer read_plan(AnswerReader& json) {
    return {json.all("steps", read_step), json.all("held", read_held)};
}

state::HistoryPage read_history(AnswerReader& json) {
    return {json.all("entries", read_past), json.boolean("more").value_or(false)};
}

std::pair<const ServiceName, DependencyCondition> read_dependency(AnswerReader& json) {
    return {{json.text("service")}, json.enum_value<DependencyCondition>("condition")};
}

ServiceOutline read_outline(AnswerReader& json) {
    ServiceOutline outline;
    outline.name = {json.text("name")};
    outline.image = {json.text("image")};
    for (auto& dependency : json.all("dependsOn", read_dependency))
        outline.depends_on.insert(std::move(dependency));
    outline.memory = json.text("memory");
    outline.cpus = json.text("cpus");
    outline.pids = json.text("pids");
    outline.ports = json.text("ports");
    return outline;
}

std::vector<ServiceOutline> read_project(AnswerReader& json) { return json.all("services", read_outline); }

Status read_status(AnswerReader& json) {
    Status status;
    status.state = json.enum_value<OverallState>("state");
    status.settings = json.one("settings", read_settings);
    status.engine = json.one("engine", read_engine);
    status.parts = json.all("parts", read_part);
    status.swarm = json.one_or_none("swarm", read_swarm);
    status.services = json.all("services", read_service);
    status.held = json.all("held", read_held);
    status.change = json.number<std::uint64_t>("change");
    status.paused_until = json.time("pausedUntil");
    if (status.state == OverallState::paused && !status.paused_until) status.paused_until = WallTime::max();
    return status;
}

ObjectStatus::Fact read_fact(AnswerReader& json) { return {json.text("name"), json.text("text")}; }

ObjectStatus read_object(AnswerReader& json) {
    return {subject_named(json.text("what")), json.text("state"), json.text("reason"),
            json.all("facts", read_fact)};
}

Explanation read_explanation(AnswerReader& json) {
    return {json.one("service", read_service), json.one("plan", read_plan), json.all("history", read_past),
            json.one_or_none("object", read_object)};
}

SwarmAccess read_tokens(AnswerReader& json) {
    return {json.secret("workerToken").value_or(Secret()), json.secret("managerToken").value_or(Secret()),
            json.secret("unlockKey").value_or(Secret()), json.text("managerEngine")};
}

Refusal read_refusal(AnswerReader& json) { return {json.text("error"), json.all("problems", read_problem)}; }

template <typename Value>
Result<Value> parse(std::string_view json, Value (*read)(AnswerReader&)) {
    const auto document = parse_answer(json);
    if (!document) return document.error();
    Problems problems;
    AnswerReader reader(document->root(), problems);
    Value value = read(reader);
    if (problems.empty()) return value;
    return Error(problems.all().front()).within("the daemon's answer");
}

}  // namespace

Result<JsonDocument> parse_answer(std::string_view json) {
    constexpr JsonLimits limits{.bytes = std::size_t{64} << 20};
    auto document = JsonDocument::parse(json, JsonDialect::strict, limits);
    if (!document) return document.error().within("the daemon's answer");
    return document;
}

Result<std::string> text_in_answer(std::string_view json, std::string_view member) {
    const auto document = parse_answer(json);
    if (!document) return document.error();
    Problems problems;
    const auto text = ObjectReader(document->root(), problems).string(std::string(member));
    if (text) return *text;
    return Error(ErrorKind::unavailable, "the daemon's answer has no member " + std::string(member));
}

Result<Status> parse_status(std::string_view json) { return parse(json, read_status); }

Result<PlanAnswer> parse_plan(std::string_view json) { return parse(json, read_plan); }

Result<state::HistoryPage> parse_history(std::string_view json) { return parse(json, read_history); }

Result<Explanation> parse_explanation(std::string_view json) { return parse(json, read_explanation); }

Result<std::vector<GoodSettings>> parse_good(std::string_view json) { return parse(json, read_good); }

Result<std::vector<ServiceOutline>> parse_project(std::string_view json) { return parse(json, read_project); }

Result<SwarmAccess> parse_tokens(std::string_view json) { return parse(json, read_tokens); }

Result<Refusal> parse_refusal(std::string_view json) { return parse(json, read_refusal); }

}  // namespace dockerext::cli
