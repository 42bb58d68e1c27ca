#include "cli/answers.hpp"

#include "base/enum_names.hpp"
#include "base/iso_time.hpp"
#include "base/json_document.hpp"
#include "base/json_reader.hpp"
#include "model/observed.hpp"

#include <optional>
#include <utility>

namespace dockerext::cli {
namespace {

/// Reads a JSON object of an answer. An absent or null member reads as empty.
class AnswerReader : public ObjectReader {
public:
    AnswerReader(JsonCursor object, Problems& problems)
        : ObjectReader(std::move(object), problems), problems_(problems) {}

    std::string text(std::string_view key) { return string(key).value_or(""); }

    template <typename Number>
    Number number(std::string_view key) {
        const std::int64_t value = integer(key).value_or(0);
        if (std::in_range<Number>(value)) return static_cast<Number>(value);
        problems_.add(cursor().pointer() + "/" + std::string(key), "out of range");
        return {};
    }

    std::optional<model::WallTime> time(std::string_view key) {
        const auto text = string(key);
        if (!text) return {};
        const auto time = parse_iso_time(*text);
        if (!time) problems_.add(cursor().pointer() + "/" + std::string(key), "not an ISO time");
        return time;
    }

    /// The enumerator whose `to_string` is the member's text.
    template <NamedEnum Enum>
    Enum enum_value(std::string_view key) {
        const std::string text = this->text(key);
        if (const auto known = from_string<Enum>(text)) return *known;
        problems_.add(cursor().pointer() + "/" + std::string(key), "unknown word '" + text + "'");
        return {};
    }

    /// As `enum_value`, but nullopt when the text is `none`.
    template <NamedEnum Enum>
    std::optional<Enum> enum_value_unless(std::string_view none, std::string_view key) {
        return text(key) == none ? std::nullopt : std::optional<Enum>(enum_value<Enum>(key));
    }

    /// Reads every item of an array of objects with `read`.
    template <typename Item>
    std::vector<Item> all(std::string_view key, Item (*read)(AnswerReader&)) {
        std::vector<Item> items;
        const auto array = take(key);
        if (!array) return items;
        const auto cursors = array->items();
        if (!cursors) problems_.add(cursors.error());
        else
            for (const JsonCursor& cursor : *cursors) {
                AnswerReader item(cursor, problems_);
                items.push_back(read(item));
            }
        return items;
    }

    /// Reads a member that is an object with `read`; nullopt when the member is absent.
    template <typename Item>
    std::optional<Item> one_or_none(std::string_view key, Item (*read)(AnswerReader&)) {
        const auto member = take(key);
        if (!member) return {};
        AnswerReader object(*member, problems_);
        return read(object);
    }

    /// Reads a member that is an object with `read`; a default value when the member is absent.
    template <typename Item>
    Item one(std::string_view key, Item (*read)(AnswerReader&)) {
        const auto member = take(key);
        if (!member) return {};
        AnswerReader object(*member, problems_);
        return read(object);
    }

    std::vector<std::uint64_t> numbers(std::string_view key) {
        std::vector<std::uint64_t> numbers;
        const auto array = take(key);
        const auto cursors = array ? array->items() : Read<std::vector<JsonCursor>>();
        if (!cursors) problems_.add(cursors.error());
        else
            for (const JsonCursor& cursor : *cursors) {
                const auto number = cursor.integer();
                if (!number) problems_.add(number.error());
                else numbers.push_back(static_cast<std::uint64_t>(*number));
            }
        return numbers;
    }

private:
    Problems& problems_;
};

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

Result<Refusal> parse_refusal(std::string_view json) { return parse(json, read_refusal); }

}  // namespace dockerext::cli
