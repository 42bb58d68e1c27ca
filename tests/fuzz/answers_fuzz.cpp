// Fuzzes the engine's answers about a project whose settings have secrets, through to everything that people
// and other programs are shown. An input is the status and body of a refused call, then JSON documents, each
// after a line that names its kind; record separators stand between them. Each of the control characters 1 to
// 8 stands for a secret in one spelling. No answer may reveal a secret or crash the program.
#include "base/base64.hpp"
#include "base/json_document.hpp"
#include "base/json_writer.hpp"
#include "base/log_format.hpp"
#include "engine/pull_progress.hpp"
#include "engine/response.hpp"
#include "intake/parse_envelope.hpp"
#include "observe/container_facts.hpp"
#include "observe/image_facts.hpp"
#include "observe/object_lists.hpp"
#include "plan/assess.hpp"
#include "plan/former_project.hpp"
#include "plan/plan_text.hpp"
#include "plan/planner.hpp"
#include "promise.hpp"
#include "report/azure_status_json.hpp"
#include "report/status_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace dockerext {
namespace {

using namespace model;

constexpr char separator = '\x1e';
constexpr std::string_view secret = "correct horse\nbattery/\"staple\"\\+\xC3\xA9 %41\nand more";
constexpr std::string_view second_line = "battery/\"staple\"\\+\xC3\xA9 %41";
constexpr std::string_view settings = R"({"compose": {"name": "demo", "services": {"web": {
    "image": "nginx:1", "environment": ["TOKEN"], "labels": {"who": "${TOKEN}"}, "volumes": ["data:/data"]}},
    "volumes": {"data": null}}})";

std::string in_json(std::string_view text) {
    JsonWriter json;
    json.text(text);
    const std::string quoted = json.take();
    return quoted.substr(1, quoted.size() - 2);
}

std::string in_url(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        std::array<char, 4> triple{};
        std::snprintf(triple.data(), triple.size(), "%%%02X", static_cast<unsigned char>(c));
        encoded += std::isalnum(static_cast<unsigned char>(c)) != 0 ? std::string(1, c) : triple.data();
    }
    return encoded;
}

/// The spelling of the secret that a control character stands for.
std::string spelled(char kind) {
    switch (kind) {
    case 1: return std::string(secret);
    case 2: return in_json(secret);
    case 3: return in_url(secret);
    case 4: return base64(secret);
    case 5: return base64("u:" + std::string(secret));
    case 6: return base64("us:" + std::string(second_line), Base64::url);
    case 7: return base64("{\"password\":\"" + in_json(secret) + "\"}", Base64::url);
    default: return std::string(second_line);
    }
}

/// The base64 digits that depend on `text` alone, when `before` other bytes precede it.
std::string digits_of(std::string_view text, std::size_t before, Base64 alphabet) {
    const std::string all = base64(std::string(before, 'u') + std::string(text), alphabet);
    const std::size_t begin = (8 * before + 5) / 6, end = 8 * (before + text.size()) / 6;
    return all.substr(begin, end - begin);
}

/// The spellings that no output may contain, computed independently of the redactor.
const std::vector<std::string>& forbidden_spellings() {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> made;
        for (const std::string_view text : {secret, second_line, std::string_view("correct horse")}) {
            for (const std::string& plain : {std::string(text), in_json(text), in_url(text)})
                made.insert(made.end(), {plain, in_json(plain)});
            for (std::size_t before = 0; before < 3; ++before)
                made.insert(made.end(), {digits_of(text, before, Base64::standard),
                                         digits_of(text, before, Base64::url)});
        }
        return made;
    }();
    return all;
}

/// Whether the input itself contains a forbidden spelling. libFuzzer learns the spellings from comparisons
/// and inserts them, but a spelling without the rest of the secret is no secret to the redactor.
bool has_forbidden_spelling(std::string_view text) {
    return std::any_of(
        forbidden_spellings().begin(), forbidden_spellings().end(),
        [&](const std::string& spelling) { return text.find(spelling) != std::string_view::npos; });
}

void check_no_secret(std::string_view text) {
    for (const std::string& spelling : forbidden_spellings())
        promise(text.find(spelling) == std::string_view::npos, "no secret is told", text);
}

/// Checks each decoded string of a JSON document, so that JSON escapes cannot hide a secret.
void check_no_secret_in_value(const JsonCursor& json) {
    if (const auto text = json.string()) return check_no_secret(*text);
    if (const auto items = json.items()) {
        for (const JsonCursor& item : *items) check_no_secret_in_value(item);
    }
    if (const auto members = json.members()) {
        for (const auto& [key, member] : *members) {
            check_no_secret(key);
            check_no_secret_in_value(member);
        }
    }
}

void check_no_secret_in_json(std::string_view text) {
    const auto document = JsonDocument::parse(text, JsonDialect::strict, {.bytes = std::size_t{64} << 20});
    promise(document.has_value(), "what is told is JSON", text);
    check_no_secret_in_value(document->root());
}

const Desired& desired() {
    static const Desired value = [] {
        JsonWriter json;
        json.begin_object();
        json.begin_object("environment");
        json.text("TOKEN", secret);
        json.end_object();
        json.end_object();
        const Envelope envelope{.public_settings = std::string(settings),
                                .protected_settings = Secret(json.take())};
        return std::move(
            intake::parse_envelope(envelope, "/project", "/settings.json", {}).accepted->desired);
    }();
    return value;
}

std::string take_until(std::string_view& rest, char end) {
    const std::size_t size = std::min(rest.find(end), rest.size());
    std::string taken(rest.substr(0, size));
    rest.remove_prefix(std::min(size + 1, rest.size()));
    return taken;
}

/// Replaces the control characters of an input with the secret, except after a backslash or percent sign,
/// which would change the secret's text.
std::string with_secrets_inserted(std::string_view text, bool quoted) {
    std::string out;
    for (const char c : text) {
        const bool is_secret = c >= 1 && c <= 8;
        const bool would_alter_secret = !out.empty() && (out.back() == '\\' || out.back() == '%');
        if (!is_secret) out += c;
        else if (!would_alter_secret) out += quoted ? in_json(spelled(c)) : spelled(c);
    }
    return out;
}

/// The observed state, and each error met while reading it.
struct ObservedAnswers {
    Observed observed;
    std::vector<std::string> errors;

    void take(const std::string& what, const JsonCursor& json) {
        if (what == "container")
            keep(observe::read_container(json, {}), subject_of(Slot{{"web"}, 1}), [&](auto& container) {
                container.id = {"c" + std::to_string(observed.containers.size())};  // engine-made
                observed.containers[container.id] = container;
            });
        else if (what == "image")
            keep(observe::read_image(json), subject_of(ImageRef{"nginx:1"}),
                 [&](auto& i) { observed.images[{"nginx:1"}] = i; });
        else if (what == "networks")
            keep(observe::read_networks(json), subject_of(NetworkName{"demo_default"}), [&](auto& all) {
                for (auto& network : all.objects) observed.networks[network.name] = network;
                for (auto& [name, error] : all.unreadable)
                    observed.unknown[subject_of(NetworkName{name})] = {error, {}};
            });
        else if (what == "volumes")
            keep(observe::read_volumes(json), subject_of(VolumeName{"demo_data"}), [&](auto& all) {
                for (auto& volume : all.objects) observed.volumes[volume.name] = volume;
                for (auto& [name, error] : all.unreadable)
                    observed.unknown[subject_of(VolumeName{name})] = {error, {}};
            });
        else if (what == "pull") record_error(engine::PullTally().add(json, {}));
    }
    void record_error(const Result<>& result) {
        if (!result) errors.push_back(engine::redacted(result.error(), desired().redact).message());
    }

private:
    template <typename T, typename Keep>
    void keep(Result<T> read, const Subject& subject, Keep into) {
        if (read) return into(*read);
        observed.unknown[subject] = {read.error(), {}};
        record_error(read.error());
    }
};

ObservedAnswers observe_answers(std::string_view bytes) {
    ObservedAnswers made;
    const std::string code = take_until(bytes, ' ');
    unsigned status = 500;
    std::from_chars(code.data(), code.data() + code.size(), status);
    const std::string body = take_until(bytes, separator);
    for (const bool quoted : {true, false})
        made.errors.push_back(
            engine::response_error(status, with_secrets_inserted(body, quoted), desired().redact).message());
    while (!bytes.empty()) {
        const std::string part = take_until(bytes, separator);
        std::string_view rest = part;
        const std::string what = take_until(rest, '\n');
        const auto json = engine::parse_json(with_secrets_inserted(rest, true));
        if (json) made.take(what, json->root());
        else made.record_error(json.error());
    }
    return made;
}

Status status_of(const ObservedAnswers& seen, const Plan& plan) {
    Status status{.state = OverallState::degraded};
    status.engine.message = seen.errors.front();
    for (const std::string& error : seen.errors) status.parts.push_back({"engine", PartState::failed, error});
    status.services = plan::assess(desired(), seen.observed, {}, plan, SteadyTime{}, WallTime{});
    for (const Held& held : plan.held) {
        if (!held.service) status.held.push_back(held);
    }
    return status;
}

void check_journal_fields(const Plan& plan, const std::string& error) {
    for (const Step& step : plan.steps) {
        const log::Fields fields{{"STEP", verb(step.operation)},
                                 {"CONTAINER", step.object},
                                 {"REASON", step.reason},
                                 {"ERROR", error}};
        for (const std::string& field : log::journal_fields(log::Level::warning, "step failed", fields))
            check_no_secret(field);
        check_no_secret(log::console_line("step failed", fields));
    }
}

void try_answers(std::string_view bytes) {
    if (has_forbidden_spelling(bytes)) return;
    const ObservedAnswers seen = observe_answers(bytes);
    const Plan plan =
        plan::redacted(plan::make_plan(desired(), seen.observed, {}, SteadyTime{}), desired().redact);
    const Status status = status_of(seen, plan);
    check_no_secret(plan::to_text(plan));
    check_no_secret_in_json(plan::to_json(plan));
    check_no_secret(plan::to_text(plan::make_down_plan({"demo"}, model::RemovalScope::with_volumes,
                                                       seen.observed, {}, {}, desired().redact)));
    check_no_secret_in_json(report::to_json(status));
    const report::Issues issues = report::issues_of(status, {}, SteadyTime{});
    check_no_secret_in_json(
        report::to_json(report::azure_status(status, issues, SteadyTime{}), WallTime{}, WallTime{}));
    check_journal_fields(plan, seen.errors.back());
}

}  // namespace
}  // namespace dockerext

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    dockerext::try_answers({reinterpret_cast<const char*>(bytes), size});
    return 0;
}
