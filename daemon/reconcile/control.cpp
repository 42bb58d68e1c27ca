#include "reconcile/control.hpp"

#include "base/catch_exceptions.hpp"
#include "base/clock.hpp"
#include "base/iso_time.hpp"
#include "base/json_document.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "base/log.hpp"
#include "engine/containers.hpp"
#include "plan/host_planner.hpp"
#include "plan/plan_text.hpp"
#include "reconcile/object_status.hpp"
#include "reconcile/preview.hpp"
#include "reconcile/service_outlines.hpp"
#include "report/history_json.hpp"
#include "report/project_json.hpp"
#include "report/status_json.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace dockerext::reconcile {

using report::ControlRequest;
using report::ControlResponse;

namespace {

constexpr unsigned max_entries = 10'000;    ///< of the history in one answer
constexpr unsigned max_log_lines = 10'000;  ///< in one answer

ControlResponse error_response(unsigned status, const std::string& error,
                               const std::vector<Problem>& problems = {}) {
    JsonWriter json;
    json.begin_object();
    json.text("error", error);
    write_problems(json, "problems", problems);
    json.end_object();
    return {status, json.take()};
}

ControlResponse error_response(const Error& error) {
    const bool is_client_error = error.kind() == ErrorKind::invalid_input;
    const bool is_conflict = error.kind() == ErrorKind::conflict;
    return error_response(is_client_error ? 400 : is_conflict ? 409 : 502, error.message());
}

ControlResponse metrics_response(const report::MetricsSnapshot& snapshot, std::string_view accept) {
    const report::MetricsFormat format = report::metrics_format(accept);
    return {200, report::metrics_text(snapshot, format), report::content_type(format)};
}

/// One member of a JSON text that this program made itself.
std::string member(const std::string& text, std::string_view key) {
    return JsonDocument::parse(text, JsonDialect::strict, {.bytes = 64U << 20, .depth = 64})
        .value()
        .root()
        .at(key)
        .value()
        .text();
}

std::string removed_json(const std::vector<std::string>& names, std::string_view left) {
    JsonWriter json;
    json.begin_object();
    json.begin_array("removed");
    for (const std::string& name : names) json.text(name);
    json.end_array();
    json.text("left", left);
    json.end_object();
    return json.take();
}

std::string good_json(const std::vector<state::GoodSettings>& all) {
    JsonWriter json;
    json.begin_object();
    json.begin_array("good");
    for (const state::GoodSettings& good : all) {
        json.begin_object();
        json.number("number", std::uint64_t{good.number});
        json.text("at", iso_time(good.at));
        json.text("source", to_string(good.source));
        json.number("sequence", good.sequence);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return json.take();
}

/// Of good settings; 0 or none leaves the choice to the daemon.
std::optional<unsigned> number_of(std::optional<std::int64_t> asked) {
    if (!asked || *asked == 0) return std::nullopt;
    return static_cast<unsigned>(std::clamp<std::int64_t>(*asked, 0, std::numeric_limits<unsigned>::max()));
}

using Query = std::map<std::string, std::string>;

/// Sets `time` if the query has it.
template <typename Time>
Result<> read_time(const Query& query, const std::string& key, Time& time) {
    const auto text = query.find(key);
    if (text == query.end()) return {};
    const auto parsed = parse_iso_time(text->second);
    if (!parsed)
        return Error(ErrorKind::invalid_input,
                     key + ": expected a time such as 2024-01-31T12:00:00Z, found '" + text->second + "'");
    time = *parsed;
    return {};
}

/// Sets `count` if the query has it.
template <typename Count>
Result<> read_count(const Query& query, const std::string& key, unsigned most, Count& count) {
    const auto text = query.find(key);
    if (text == query.end()) return {};
    unsigned value = 0;
    const char* const end = text->second.data() + text->second.size();
    const auto [rest, error] = std::from_chars(text->second.data(), end, value);
    if (error != std::errc() || rest != end || value == 0 || value > most)
        return Error(ErrorKind::invalid_input, key + ": expected a number from 1 to " + std::to_string(most));
    count = value;
    return {};
}

Result<state::HistoryQuery> history_query(const Query& query) {
    state::HistoryQuery wanted;
    if (const auto service = query.find("service"); service != query.end()) wanted.service = service->second;
    wanted.failed_only = query.contains("failed");
    if (auto read = read_time(query, "since", wanted.since); !read) return read.error();
    if (auto read = read_time(query, "until", wanted.until); !read) return read.error();
    if (auto read = read_count(query, "limit", max_entries, wanted.limit); !read) return read.error();
    return wanted;
}

Result<engine::LogQuery> log_query(const Query& query) {
    engine::LogQuery wanted{.lines = max_log_lines};
    wanted.timestamps = query.contains("timestamps");
    if (auto read = read_time(query, "after", wanted.after); !read) return read.error();
    if (auto read = read_count(query, "lines", max_log_lines, wanted.lines); !read) return read.error();
    return wanted;
}

/// A container that was removed meanwhile, or is about to be.
bool is_gone(const Error& error) {
    return error.kind() == ErrorKind::not_found || error.kind() == ErrorKind::conflict;
}

bool is_ours(const model::Status& status, const std::string& id) {
    for (const model::ServiceStatus& service : status.services) {
        for (const model::ContainerStatus& each : service.containers) {
            if (each.id.value == id) return true;
        }
    }
    return false;
}

/// A small request body read by `read`; an empty one is an empty object.
template <typename Read>
Result<> read_body(const Secret& body, Read read) {
    const std::string_view text = body.reveal();
    const auto document =
        JsonDocument::parse(text.empty() ? "{}" : text, JsonDialect::strict, {.bytes = 4U << 20});
    if (!document) return document.error();
    Problems problems;
    ObjectReader reader(document->root(), problems);
    read(reader);
    reader.finish("the request");
    if (!problems.empty()) return Error(ErrorKind::invalid_input, to_text(problems.all()));
    return {};
}

Result<std::set<model::ServiceName>> services_in(const Secret& body) {
    std::set<model::ServiceName> services;
    const auto read = read_body(body, [&](ObjectReader& reader) {
        for (std::string& name : reader.strings("services")) services.insert({std::move(name)});
    });
    if (!read) return read.error();
    return services;
}

/// The entries of the plan for which `is_about` is true.
template <typename IsAbout>
model::Plan only_about(model::Plan plan, IsAbout is_about) {
    const auto other = [&](const auto& entry) { return !is_about(entry); };
    std::erase_if(plan.steps, other);
    std::erase_if(plan.held, other);
    for (model::Step& step : plan.steps) step.after.clear();  // the numbers are those of the whole plan
    return plan;
}

/// The last steps for which `is_about` is true, as JSON.
template <typename IsAbout>
std::string last_steps(const state::Journal& journal, IsAbout is_about) {
    constexpr std::size_t max_steps = 20;
    std::vector<state::JournalEntry> entries = journal.recent();
    std::erase_if(entries, [&](const state::JournalEntry& entry) { return !is_about(entry); });
    if (entries.size() > max_steps) entries.erase(entries.begin(), entries.end() - max_steps);
    return member(report::to_json(state::HistoryPage{std::move(entries)}), "entries");
}

/// Its tasks run on any machine, as the swarm decides.
std::string service_of_stack(const model::StackService& service) {
    return service.name + " is a service of the stack: on a manager, `docker service update --force " +
           service.name + "` restarts its tasks, and `dockerextd reconcile` checks the whole stack";
}

}  // namespace

Task<ControlResponse> Control::answer(ControlRequest request) {
    const std::string what = request.method + " " + request.path;
    auto replying = catch_exceptions(reply(std::move(request)));
    auto reply = co_await std::move(replying);
    if (reply) co_return std::move(*reply);
    log::error("cannot answer " + what, {{"STEP", what}, {"ERROR", reply.error().message()}});
    co_return error_response(500, reply.error().message());
}

Task<Result<ControlResponse>> Control::reply(ControlRequest request) {
    const std::string what = request.method + " " + request.path;
    const auto query = [&](const std::string& key) {
        const auto found = request.query.find(key);
        return found == request.query.end() ? std::string() : found->second;
    };
    if (what == "GET /v1/status") {
        const auto waited = co_await long_poll_.wait(request);
        co_return waited ? ControlResponse{200, report::to_json(status())} : error_response(waited.error());
    }
    if (what == "GET /v1/plan") co_return ControlResponse{200, plan::to_json(plan())};
    if (what == "GET /v1/explain") co_return explain(query("service"));
    if (what == "GET /v1/history") co_return co_await history(std::move(request));
    if (what == "GET /v1/logs") co_return co_await logs(std::move(request));
    if (what == "GET /v1/settings") co_return settings();
    if (what == "GET /v1/project") co_return project();
    if (what == "GET /metrics") co_return metrics_response(metrics(), request.accept);
    if (what == "GET /v1/good") co_return ControlResponse{200, good_json(settings_.good())};
    if (request.method == "POST") co_return co_await perform(std::move(request));
    co_return error_response(404, "no such request: " + what);
}

Task<Result<ControlResponse>> Control::perform(ControlRequest request) {
    const std::string what = request.method + " " + request.path;
    if (what == "POST /v1/plan") co_return co_await preview(std::move(request.body));
    if (what == "POST /v1/rollback") co_return co_await roll_back(std::move(request.body));
    if (what == "POST /v1/reconcile") co_return co_await reconcile(std::move(request.body));
    if (what == "POST /v1/restart") co_return restart(request.body);
    if (what == "POST /v1/pause") co_return pause(request.body);
    if (request.path.starts_with("/v1/swarm/")) co_return co_await swarm(std::move(request));
    if (what == "POST /v1/resume") {
        reconciler_.resume();
        swarm_reconciler_.check_everything();
        co_return ControlResponse{};
    }
    if (what == "POST /v1/down") co_return co_await down(std::move(request.body));
    co_return error_response(404, "no such request: " + what);
}

Facts Control::facts() const {
    Facts facts = reconciler_.facts();
    facts.settings = settings_.status();
    facts.engine = link_.status();
    facts.engine_parts = engine_reconciler_.parts();
    for (model::PartStatus& part : swarm_reconciler_.parts()) facts.engine_parts.push_back(std::move(part));
    facts.swarm = swarm_reconciler_.status();
    facts.awaits_swarm = swarm_reconciler_.awaits_look();
    if (auto part = settings_.part()) facts.engine_parts.push_back(std::move(*part));
    if (auto part = metrics_exporter_.part()) facts.engine_parts.push_back(std::move(*part));
    facts.is_rollback_due = rollback_.is_due();
    if (auto part = rollback_.part()) facts.engine_parts.push_back(std::move(*part));
    if (facts.state_error.empty()) facts.state_error = settings_.keep_error();
    facts.change = changes_.number();
    return facts;
}

model::Status Control::status() const { return status_of(facts(), steady_now(), wall_now()); }

report::MetricsSnapshot Control::metrics() const {
    const Facts now = facts();
    const AcceptedSettings* const accepted = intent_.in_force();
    report::MetricsSnapshot snapshot;
    snapshot.status = status_of(now, steady_now(), wall_now());
    snapshot.counters = &counters_;
    snapshot.version = DOCKEREXTD_VERSION;
    snapshot.project = client_.redact()(now.project.value);
    if (accepted != nullptr && accepted->engine.certificates)
        snapshot.engine_certificate_expires = accepted->engine.certificates->facts.not_after;
    snapshot.loop_lag = reconciler_.lag();
    return snapshot;
}

/// The engine's own steps first, in the order of execution.
model::Plan Control::plan() const {
    const std::string why = why_nothing_is_known(facts());
    const AcceptedSettings* accepted = intent_.in_force();
    const bool has_services = accepted != nullptr && !accepted->desired.project.services.empty();
    model::Plan machine = combined(engine_reconciler_.plan(), swarm_reconciler_.plan());
    if (!has_services || why.empty()) return combined(std::move(machine), reconciler_.plan());
    model::Plan unknown;
    unknown.held.push_back(
        {model::every(model::Subject::Kind::container), {}, model::Held::Why::unknown, why, {}});
    return combined(std::move(machine), std::move(unknown));
}

/// What the service needs and others may use, too, so that its steps belong to no service.
std::set<model::Subject> Control::subjects_shared_by(const std::string& service) const {
    std::set<model::Subject> subjects;
    const model::ContainerSpec& spec = intent_.in_force()->desired.project.services.at({service}).container;
    subjects.insert(subject_of(spec.image));
    for (const auto& [network, endpoint] : spec.networks) subjects.insert(subject_of(network));
    for (const model::Mount& mount : spec.mounts) {
        if (mount.type == model::Mount::Type::volume)
            subjects.insert(subject_of(model::VolumeName{mount.source}));
    }
    return subjects;
}

ControlResponse Control::explain(const std::string& name) const {
    model::Status all = status();
    const auto found =
        std::find_if(all.services.begin(), all.services.end(),
                     [&](const model::ServiceStatus& each) { return each.name.value == name; });
    if (found == all.services.end()) return explain_object(all, name);
    // `explain` does not show the part of the status that says why nothing is known.
    if (const std::string why = why_nothing_is_known(facts()); !why.empty()) found->reason = why;
    const auto shared = subjects_shared_by(name);
    const auto is_step = [&](const state::JournalEntry& entry) {
        return entry.service == name || shared.contains(entry.subject);
    };
    const auto is_planned = [&](const auto& entry) { return entry.service && entry.service->value == name; };
    return {200, "{\"service\":" + report::to_json(*found) +
                     ",\"plan\":" + plan::to_json(only_about(plan(), is_planned)) +
                     ",\"history\":" + last_steps(journal_, is_step) + "}"};
}

ControlResponse Control::explain_object(const model::Status& all, const std::string& name) const {
    auto object = object_status(facts(), all, name, steady_now());
    if (!object)
        object = object_status(facts(), all, "stack." + name, steady_now());  // a service of the stack
    if (!object)
        return error_response(404, "no service, part, network, volume or image '" + name +
                                       "' in the settings; `dockerextd status` lists services and parts");
    const auto is_about = [&](const auto& entry) {
        const bool is_part = object->subject.kind == model::Subject::Kind::part;
        return entry.subject == object->subject ||
               (is_part && plan::is_about(entry.subject, object->subject.name));
    };
    return {200, "{\"object\":" + report::to_json(*object) +
                     ",\"plan\":" + plan::to_json(only_about(plan(), is_about)) +
                     ",\"history\":" + last_steps(journal_, is_about) + "}"};
}

Task<ControlResponse> Control::history(ControlRequest request) {
    auto query = history_query(request.query);
    if (!query) co_return error_response(query.error());
    auto finding = journal_.find(std::move(*query));
    const auto page = co_await std::move(finding);
    co_return page ? ControlResponse{200, report::to_json(*page)} : error_response(page.error());
}

/// For settings in the request, or for former ones (`rollback`, 0 for the newest before those in force).
Task<ControlResponse> Control::preview(Secret body) {
    model::Envelope envelope;
    std::optional<std::int64_t> rollback;
    const auto read = read_body(body, [&](ObjectReader& reader) {
        envelope.public_settings = reader.string("settings").value_or("");
        envelope.protected_settings = reader.secret("protected").value_or(Secret());
        rollback = reader.integer("rollback");
    });
    if (!read) co_return error_response(read.error());
    if (rollback) {
        auto examining = settings_.former().read(number_of(rollback), {}, std::nullopt, wall_now());
        auto former = co_await std::move(examining);
        if (!former) co_return error_response(404, former.error().message());
        former->accepted.swarm.reset();  // a rollback does not touch the swarm
        co_return co_await preview(std::move(former->accepted));
    }
    auto intake = co_await settings_.examine(std::move(envelope));
    if (!intake) co_return error_response(intake.error());
    if (!intake->accepted) co_return error_response(422, "the settings are not valid", intake->problems);
    co_return co_await preview(std::move(*intake->accepted));
}

Task<ControlResponse> Control::preview(AcceptedSettings accepted) {
    auto engine = co_await engine_reconciler_.preview(std::move(accepted.engine));
    if (!engine) co_return error_response(engine.error());
    auto swarm = co_await swarm_reconciler_.preview(std::move(accepted.swarm), stack_of(accepted),
                                                    accepted.desired.redact);
    if (!swarm) co_return error_response(swarm.error());
    engine = combined(std::move(*engine), std::move(*swarm));
    model::Desired desired = std::move(accepted.desired);
    desired.redact.merge(client_.redact());
    auto services =
        co_await reconcile::preview(client_, std::move(desired), intent_.project(), ledger_.history());
    if (!services) co_return error_response(services.error());
    co_return ControlResponse{200, plan::to_json(combined(std::move(*engine), std::move(*services)))};
}

Task<ControlResponse> Control::reconcile(Secret body) {
    const auto services = services_in(body);
    if (!services) co_return error_response(services.error());
    if (auto refusal = check_services(*services)) co_return std::move(*refusal);
    if (services->empty()) {
        if (intent_.rolled_back()) {
            auto ending = settings_.end_rollback();
            const auto ended = co_await std::move(ending);
            if (!ended) co_return error_response(ended.error());
        }
        engine_reconciler_.retry();
        swarm_reconciler_.retry();
    }
    reconciler_.retry(*services);
    co_return ControlResponse{202};
}

std::optional<ControlResponse> Control::check_services(const std::set<model::ServiceName>& services) const {
    const AcceptedSettings* const accepted = intent_.in_force();
    for (const model::ServiceName& service : services) {
        if (accepted != nullptr && accepted->desired.project.services.contains(service)) continue;
        if (accepted != nullptr && accepted->stack && accepted->stack->services.contains(service))
            return error_response(409, service_of_stack(accepted->stack->services.at(service)));
        return error_response(404, "no service '" + service.value + "' in the settings");
    }
    return std::nullopt;
}

ControlResponse Control::restart(const Secret& body) {
    const auto services = services_in(body);
    if (!services) return error_response(services.error());
    if (services->empty()) return error_response(400, "services: expected at least one");
    if (auto refusal = check_services(*services)) return std::move(*refusal);
    if (intent_.is_paused(wall_now()))
        return error_response(409, "paused: nothing is changed until `dockerextd resume`");
    reconciler_.restart(*services);
    return {202};
}

ControlResponse Control::settings() const {
    const auto text = settings_.public_settings();
    if (!text)
        return error_response(text.error().kind() == ErrorKind::not_found ? 404 : 502,
                              text.error().message());
    JsonWriter json;
    json.begin_object();
    json.text("settings", client_.redact()(*text));
    json.end_object();
    return {200, json.take()};
}

ControlResponse Control::project() const {
    const AcceptedSettings* const accepted = intent_.in_force();
    const model::Project none;
    const model::Project& project = accepted != nullptr ? accepted->desired.project : none;
    return {200, report::to_json(service_outlines(project, client_.redact()))};
}

Task<ControlResponse> Control::roll_back(Secret body) {
    std::optional<std::int64_t> to;
    const auto read = read_body(body, [&](ObjectReader& reader) { to = reader.integer("to"); });
    if (!read) co_return error_response(read.error());
    auto rolling_back = settings_.roll_back(number_of(to), {}, "`dockerextd rollback`");
    const auto rolled_back = co_await std::move(rolling_back);
    co_return rolled_back ? ControlResponse{202} : error_response(404, rolled_back.error().message());
}

ControlResponse Control::pause(const Secret& body) {
    std::optional<std::int64_t> seconds;
    const auto read = read_body(body, [&](ObjectReader& reader) { seconds = reader.integer("seconds"); });
    if (!read) return error_response(read.error());
    constexpr std::int64_t ten_years = 10LL * 366 * 86400;
    if (seconds && (*seconds <= 0 || *seconds > ten_years))
        return error_response(400, "seconds: must be positive, at most ten years");
    std::optional<std::chrono::seconds> duration;
    if (seconds) duration = std::chrono::seconds(*seconds);
    reconciler_.pause(duration);
    swarm_reconciler_.cancel_steps();
    return {};
}

Task<ControlResponse> Control::swarm(ControlRequest request) {
    std::string what;
    const auto read =
        read_body(request.body, [&](ObjectReader& reader) { what = reader.string("what").value_or(""); });
    if (!read) co_return error_response(read.error());
    Result<ControlResponse> done = error_response(404, "no such request: POST " + request.path);
    if (request.path == "/v1/swarm/tokens") done = co_await swarm_control_.tokens();
    if (request.path == "/v1/swarm/rotate") done = co_await swarm_control_.rotate(std::move(what));
    if (request.path == "/v1/swarm/recover") done = co_await swarm_control_.recover();
    co_return done ? std::move(*done) : error_response(done.error());
}

std::string Control::left() const {
    const std::string engine = engine_reconciler_.left();
    const std::string stack = swarm_reconciler_.left();
    return engine + (engine.empty() || stack.empty() ? "" : "; ") + stack;
}

Task<ControlResponse> Control::down(Secret body) {
    bool volumes = false;
    const auto read =
        read_body(body, [&](ObjectReader& reader) { volumes = reader.boolean("volumes").value_or(false); });
    if (!read) co_return error_response(read.error());
    reconciler_.down(volumes ? model::RemovalScope::with_volumes : model::RemovalScope::without_volumes);
    if (auto forgotten = settings_.forget(); !forgotten) co_return error_response(forgotten.error());
    const auto removed = co_await reconciler_.wait_until_down();
    if (!removed) co_return error_response(removed.error());
    co_return ControlResponse{200, removed_json(*removed, left())};
}

/// Of one container of a service.
Task<ControlResponse> Control::logs(ControlRequest request) {
    const auto id = request.query.find("container");
    if (id == request.query.end() || !is_ours(status(), id->second))
        co_return error_response(404, "no container with that id in the settings");
    const std::string container = id->second;
    const auto query = log_query(request.query);
    if (!query) co_return error_response(query.error());
    const auto text = co_await engine::container_logs(client_, container, *query);
    if (!text && is_gone(text.error())) co_return error_response(404, text.error().message());
    if (!text) co_return error_response(text.error());
    JsonWriter json;
    json.begin_object();
    json.text("text", *text);
    json.end_object();
    co_return ControlResponse{200, json.take()};
}

}  // namespace dockerext::reconcile
