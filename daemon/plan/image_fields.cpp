#include "plan/image_fields.hpp"

#include "plan/engine_api.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;
using namespace std::chrono_literals;

namespace {

using Words = std::optional<std::vector<std::string>>;

bool is_set(const Words& words) { return words && !words->empty() && *words != std::vector<std::string>{""}; }

/// A service's own entrypoint drops the image's command. An empty entrypoint or command leaves the image's
/// command.
Words desired_command(const Expectation& expected) {
    const ContainerSpec& want = expected.service.container;
    if (is_set(want.command) || expected.image == nullptr) return want.command;
    return is_set(want.entrypoint) ? Words{} : expected.image->command;
}

Words desired_entrypoint(const Expectation& expected) {
    const ContainerSpec& want = expected.service.container;
    if (want.entrypoint || expected.image == nullptr) return want.entrypoint;
    return expected.image->entrypoint;
}

bool same_words(const Words& a, const Words& b) { return is_set(a) == is_set(b) && (!is_set(a) || *a == *b); }

/// The value from the service, or else from the image; null if the image is not known.
const std::string* own_or_image(const Expectation& expected, const std::string& own,
                                std::string ObservedImage::*of) {
    if (!own.empty()) return &own;
    return expected.image == nullptr ? nullptr : &(expected.image->*of);
}

const std::vector<std::string>* desired_test(const Expectation& expected) {
    const auto& own = expected.service.container.healthcheck;
    if (own && !own->test.empty()) return &own->test;
    if (expected.image != nullptr && expected.image->healthcheck) return &expected.image->healthcheck->test;
    return nullptr;
}

/// The service's own value, or the image's; 0, which equals absent, leaves it to the engine. Nullopt if the
/// image is not known.
template <typename T>
std::optional<T> desired_timing(const Expectation& expected, std::optional<T> Healthcheck::*member) {
    const auto in = [&](const std::optional<Healthcheck>& check) {
        return check ? (*check.*member).value_or(T{}) : T{};
    };
    const T own = in(expected.service.container.healthcheck);
    if (own != T{}) return own;
    if (expected.image == nullptr) return std::nullopt;
    return in(expected.image->healthcheck);
}

std::string timing_text(int retries) { return retries == 0 ? "default" : std::to_string(retries); }
std::string timing_text(std::chrono::nanoseconds time) {
    using namespace std::chrono;
    if (time == time.zero()) return "default";
    if (time % 1s == time.zero()) return text_of(duration_cast<seconds>(time));
    return std::to_string(duration_cast<milliseconds>(time).count()) + "ms";
}

constexpr int start_interval_since = 44;  ///< older engines drop it

/// "interval 9s, retries 3": the timings of the existing check that differ, and the desired ones.
Texts differing_timings(const Expectation& expected, const Healthcheck& have) {
    Texts texts;
    const auto append = [](std::string& text, const char* name, const std::string& value) {
        text += (text.empty() ? "" : ", ") + std::string(name) + " " + value;
    };
    const auto compare = [&]<typename T>(const char* name, std::optional<T> Healthcheck::*member) {
        const std::optional<T> want = desired_timing(expected, member);
        const T has = (have.*member).value_or(T{});
        if (!want || *want == has) return;
        append(texts.first, name, timing_text(has));
        append(texts.second, name, timing_text(*want));
    };
    compare("interval", &Healthcheck::interval);
    compare("timeout", &Healthcheck::timeout);
    compare("retries", &Healthcheck::retries);
    compare("start_period", &Healthcheck::start_period);
    if (speaks(expected.engine, start_interval_since))
        compare("start_interval", &Healthcheck::start_interval);
    return texts;
}

std::string short_id(const std::string& id) { return id.substr(0, id.starts_with("sha256:") ? 19 : 12); }

}  // namespace

bool same_command(const Expectation& expected, const ObservedContainer& container) {
    const bool unknown = expected.image == nullptr && !is_set(expected.service.container.command);
    return unknown || same_words(desired_command(expected), container.spec.command);
}

Texts command_texts(const Expectation& expected, const ObservedContainer& container) {
    return {text_of(container.spec.command), text_of(desired_command(expected))};
}

bool same_entrypoint(const Expectation& expected, const ObservedContainer& container) {
    const bool unknown = expected.image == nullptr && !expected.service.container.entrypoint;
    return unknown || same_words(desired_entrypoint(expected), container.spec.entrypoint);
}

Texts entrypoint_texts(const Expectation& expected, const ObservedContainer& container) {
    return {text_of(container.spec.entrypoint), text_of(desired_entrypoint(expected))};
}

bool same_user(const Expectation& expected, const ObservedContainer& container) {
    const auto* want = own_or_image(expected, expected.service.container.user, &ObservedImage::user);
    return want == nullptr || *want == container.spec.user;
}

Texts user_texts(const Expectation& expected, const ObservedContainer& container) {
    const auto* want = own_or_image(expected, expected.service.container.user, &ObservedImage::user);
    return {text_of(container.spec.user), text_of(want == nullptr ? std::string() : *want)};
}

bool same_folder(const Expectation& expected, const ObservedContainer& container) {
    const auto* want =
        own_or_image(expected, expected.service.container.working_dir, &ObservedImage::working_dir);
    return want == nullptr || normal::path(*want) == normal::path(container.spec.working_dir);
}

Texts folder_texts(const Expectation& expected, const ObservedContainer& container) {
    const auto* want =
        own_or_image(expected, expected.service.container.working_dir, &ObservedImage::working_dir);
    return {text_of(container.spec.working_dir), text_of(want == nullptr ? std::string() : *want)};
}

/// The exposed ports are those that the service or its image exposes, and those that the service publishes.
bool same_exposed(const Expectation& expected, const ObservedContainer& container) {
    const ContainerSpec& want = expected.service.container;
    const auto have = in_form(normal::port, container.spec.exposed_ports);
    auto allowed = in_form(normal::port, want.exposed_ports);
    if (!std::includes(have.begin(), have.end(), allowed.begin(), allowed.end())) return false;
    if (expected.image == nullptr) return true;
    allowed.merge(in_form(normal::port, expected.image->exposed_ports));
    for (const auto& [port, bindings] : want.port_bindings) allowed.insert(normal::port(port));
    return std::includes(allowed.begin(), allowed.end(), have.begin(), have.end());
}

bool same_health(const Expectation& expected, const ObservedContainer& container) {
    const std::optional<Healthcheck>& have = container.spec.healthcheck;
    const std::vector<std::string>* const test = desired_test(expected);
    static const std::vector<std::string> none;
    const std::vector<std::string>& has = have ? have->test : none;
    if (test == nullptr) return has.empty() || expected.image == nullptr;
    if (*test != has) return false;
    if (*test == std::vector<std::string>{"NONE"} || has.empty()) return true;
    return differing_timings(expected, *have).first.empty();
}

Texts health_texts(const Expectation& expected, const ObservedContainer& container) {
    const auto& have = container.spec.healthcheck;
    const auto* want = desired_test(expected);
    Texts texts{text_of(have ? Words(have->test) : Words{}),
                text_of(want != nullptr ? Words(*want) : Words{})};
    if (!have || want == nullptr || have->test != *want) return texts;
    const Texts timings = differing_timings(expected, *have);
    return {texts.first + " (" + timings.first + ")", texts.second + " (" + timings.second + ")"};
}

bool same_image(const Expectation& expected, const ObservedContainer& container) {
    if (expected.image != nullptr) return expected.image->id == container.image_id;
    return expected.service.container.image == container.spec.image;
}

Texts image_texts(const Expectation& expected, const ObservedContainer& container) {
    const std::string& want = expected.service.container.image.value;
    if (expected.image == nullptr) return {container.spec.image.value, want};
    return {container.spec.image.value + " (" + short_id(container.image_id.value) + ")",
            want + " (" + short_id(expected.image->id.value) + ")"};
}

}  // namespace dockerext::plan
