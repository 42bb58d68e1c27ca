#include "reconcile/control.hpp"

#include "base/catch_exceptions.hpp"
#include "base/clock.hpp"
#include "base/iso_time.hpp"
#include "base/json_document.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "base/log.hpp"
#include "engine/containers.hpp"
#include "plan/plan_text.hpp"
#include "reconcile/preview.hpp"
#include "report/history_json.hpp"
#include "report/status_json.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace dockerext::reconcile {

using report::ControlRequest;
using report::ControlResponse;

namespace {

constexpr std::size_t log_limit = std::size_t{1} << 20;  ///< bytes in one answer, for all containers together
constexpr unsigned log_lines = 10'000;                   ///< for one container

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
    return error_response(is_client_error ? 400 : 502, error.message());
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

std::string removed_json(const std::vector<std::string>& names) {
    JsonWriter json;
    json.begin_object();
    json.begin_array("removed");
    for (const std::string& name : names) json.text(name);
    json.end_array();
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

model::Plan only_of_service(const model::Plan& plan, const std::string& service) {
    const auto other = [&](const auto& entry) { return !entry.service || entry.service->value != service; };
    model::Plan part = plan;
    std::erase_if(part.steps, other);
    std::erase_if(part.held, other);
    for (model::Step& step : part.steps) step.after.clear();  // the numbers are those of the whole plan
    return part;
}

}  // namespace

Task<ControlResponse> Control::answer(ControlRequest request) {
    const std::string what = request.method + " " + request.path;
    auto replying = catch_exceptions(reply(std::move(request)));
    auto reply = co_await std::move(replying);
    if (reply) co_return std::move(*reply);
    log::error("cannot answer a request", {{"STEP", what}, {"ERROR", reply.error().message()}});
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
    if (what == "GET /v1/history") co_return history(query("since"));
    if (what == "GET /v1/logs") co_return co_await logs(query("service"), query("lines"));
    if (what == "GET /v1/good") co_return ControlResponse{200, good_json(settings_intake_.good())};
    if (request.method == "POST") co_return co_await perform(std::move(request));
    co_return error_response(404, "no such request: " + what);
}

Task<Result<ControlResponse>> Control::perform(ControlRequest request) {
    const std::string what = request.method + " " + request.path;
    if (what == "POST /v1/plan") co_return co_await preview(std::move(request.body));
    if (what == "POST /v1/rollback") co_return co_await roll_back(std::move(request.body));
    if (what == "POST /v1/reconcile") co_return co_await reconcile(std::move(request.body));
    if (what == "POST /v1/pause") co_return pause(request.body);
    if (what == "POST /v1/resume") {
        reconciler_.resume();
        co_return ControlResponse{};
    }
    if (what == "POST /v1/down") co_return co_await down(std::move(request.body));
    co_return error_response(404, "no such request: " + what);
}

Facts Control::facts() const {
    Facts facts = reconciler_.facts();
    facts.settings = settings_intake_.status();
    facts.engine = link_.status();
    facts.engine_parts = engine_reconciler_.parts();
    if (auto part = settings_intake_.part()) facts.engine_parts.push_back(std::move(*part));
    facts.change = changes_.number();
    return facts;
}

model::Status Control::status() const { return status_of(facts(), steady_now(), wall_now()); }

/// The engine's own steps first, in the order of execution.
model::Plan Control::plan() const {
    const std::string why = why_nothing_is_known(facts());
    const AcceptedSettings* accepted = intent_.in_force();
    const bool has_services = accepted != nullptr && !accepted->desired.project.services.empty();
    if (!has_services || why.empty()) return combined(engine_reconciler_.plan(), reconciler_.plan());
    model::Plan unknown;
    unknown.held.push_back(
        {model::every(model::Subject::Kind::container), {}, model::Held::Why::unknown, why, {}});
    return combined(engine_reconciler_.plan(), std::move(unknown));
}

ControlResponse Control::explain(const std::string& service) const {
    model::Status all = status();
    std::erase_if(all.services, [&](const model::ServiceStatus& each) { return each.name.value != service; });
    if (all.services.empty()) return error_response(404, "no service '" + service + "' in the settings");
    // `explain` does not show the part of the status that says why nothing is known.
    if (const std::string why = why_nothing_is_known(facts()); !why.empty()) all.services[0].reason = why;
    std::vector<state::JournalEntry> entries = journal_.since({});
    std::erase_if(entries, [&](const state::JournalEntry& entry) { return entry.service != service; });
    if (entries.size() > 20) entries.erase(entries.begin(), entries.end() - 20);
    const std::string services = member(report::to_json(all), "services");
    return {200, "{\"service\":" + services.substr(1, services.size() - 2) +
                     ",\"plan\":" + plan::to_json(only_of_service(plan(), service)) +
                     ",\"history\":" + member(report::to_json(entries), "entries") + "}"};
}

ControlResponse Control::history(const std::string& since) const {
    const auto time = since.empty() ? std::optional(model::WallTime{}) : parse_iso_time(since);
    if (!time)
        return error_response(400,
                              "since: expected a time such as 2024-01-31T12:00:00Z, found '" + since + "'");
    return {200, report::to_json(journal_.since(*time))};
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
        auto examining = settings_intake_.examine_rollback(number_of(rollback), {}, std::nullopt, wall_now());
        auto former = co_await std::move(examining);
        if (!former) co_return error_response(404, former.error().message());
        co_return co_await preview(std::move(former->accepted));
    }
    auto intake = co_await settings_intake_.examine(std::move(envelope));
    if (!intake) co_return error_response(intake.error());
    if (!intake->accepted) co_return error_response(422, "the settings are not valid", intake->problems);
    co_return co_await preview(std::move(*intake->accepted));
}

Task<ControlResponse> Control::preview(AcceptedSettings accepted) {
    auto engine = co_await engine_reconciler_.preview(std::move(accepted.engine));
    if (!engine) co_return error_response(engine.error());
    model::Desired desired = std::move(accepted.desired);
    desired.redact.merge(client_.redact());
    auto services =
        co_await reconcile::preview(client_, std::move(desired), intent_.project(), ledger_.history());
    if (!services) co_return error_response(services.error());
    co_return ControlResponse{200, plan::to_json(combined(std::move(*engine), std::move(*services)))};
}

Task<ControlResponse> Control::reconcile(Secret body) {
    std::set<model::ServiceName> services;
    const auto read = read_body(body, [&](ObjectReader& reader) {
        for (std::string& name : reader.strings("services")) services.insert({std::move(name)});
    });
    if (!read) co_return error_response(read.error());
    for (const model::ServiceName& service : services) {
        const AcceptedSettings* accepted = intent_.in_force();
        if (accepted == nullptr || !accepted->desired.project.services.contains(service)) {
            co_return error_response(404, "no service '" + service.value + "' in the settings");
        }
    }
    if (services.empty()) {
        if (intent_.rolled_back()) {
            auto ending = settings_intake_.end_rollback();
            const auto ended = co_await std::move(ending);
            if (!ended) co_return error_response(ended.error());
        }
        engine_reconciler_.retry();
    }
    reconciler_.retry(services);
    co_return ControlResponse{202};
}

Task<ControlResponse> Control::roll_back(Secret body) {
    std::optional<std::int64_t> to;
    const auto read = read_body(body, [&](ObjectReader& reader) { to = reader.integer("to"); });
    if (!read) co_return error_response(read.error());
    auto rolling_back = settings_intake_.roll_back(number_of(to), {}, "`dockerextd rollback`");
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
    return {};
}

Task<ControlResponse> Control::down(Secret body) {
    bool volumes = false;
    const auto read =
        read_body(body, [&](ObjectReader& reader) { volumes = reader.boolean("volumes").value_or(false); });
    if (!read) co_return error_response(read.error());
    reconciler_.down(volumes ? model::RemovalScope::with_volumes : model::RemovalScope::without_volumes);
    if (auto forgotten = settings_intake_.forget(); !forgotten) co_return error_response(forgotten.error());
    const auto removed = co_await reconciler_.wait_until_down();
    if (!removed) co_return error_response(removed.error());
    co_return ControlResponse{200, removed_json(*removed)};
}

Task<ControlResponse> Control::logs(std::string service, std::string lines) {
    unsigned count = 100;
    std::from_chars(lines.data(), lines.data() + lines.size(), count);
    std::string text;
    const model::Status all = status();
    const auto found =
        std::find_if(all.services.begin(), all.services.end(),
                     [&](const model::ServiceStatus& each) { return each.name.value == service; });
    if (found == all.services.end())
        co_return error_response(404, "no service '" + service + "' in the settings");
    const std::size_t share = log_limit / std::max<std::size_t>(found->containers.size(), 1);
    for (const model::ContainerStatus& container : found->containers) {
        const auto tail =
            co_await engine::container_logs(client_, container.id.value, std::min(count, log_lines), share);
        if (!tail) co_return error_response(tail.error());
        text += *tail;
    }
    JsonWriter json;
    json.begin_object();
    json.text("text", text);
    json.end_object();
    co_return ControlResponse{200, json.take()};
}

}  // namespace dockerext::reconcile
