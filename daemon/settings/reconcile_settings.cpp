#include "settings/reconcile_settings.hpp"

#include "base/json_reader.hpp"
#include "settings/values.hpp"

#include <charconv>

namespace dockerext::settings {
namespace {

using std::chrono::seconds;

constexpr auto drift_values = std::to_array<Named<bool>>({{true, "repair"}, {false, "report"}});
constexpr auto unhealthy_words = std::to_array<Named<bool>>({{true, "restart"}, {false, "report"}});
constexpr auto orphan_values = std::to_array<Named<bool>>({{true, "remove"}, {false, "keep"}});

constexpr seconds shortest_interval{10};
constexpr seconds longest_interval = std::chrono::hours(24);
constexpr seconds longest_image_age = std::chrono::hours(1000);

struct DurationKey {
    std::string_view name;
    seconds model::ReconcilePolicy::*member;
    seconds shortest, longest;
    std::string_view expected;  ///< the limits, for the problem's text
};
constexpr auto duration_keys = std::to_array<DurationKey>({
    {"interval", &model::ReconcilePolicy::interval, shortest_interval, longest_interval,
     "from \"10s\" to \"24h\", such as \"5m\""},
    {"monitor", &model::ReconcilePolicy::monitor, seconds(0), model::longest_monitor,
     "from \"0s\" to \"10m\", such as \"10s\""},
    {"rollout-deadline", &model::ReconcilePolicy::rollout_deadline, shortest_interval, longest_interval,
     "from \"10s\" to \"24h\", such as \"5m\""},
    {"minimum-image-age", &model::ReconcilePolicy::minimum_image_age, seconds(0), longest_image_age,
     "from \"0s\" to \"1000h\", such as \"72h\""},
});

std::optional<seconds> read_duration(const JsonCursor& value, const DurationKey& key, Problems& problems) {
    const auto text = value.string();
    const auto duration = text ? parse_interval(*text) : std::nullopt;
    if (duration && *duration >= key.shortest && *duration <= key.longest) return duration;
    problems.add(value.pointer(),
                 "expected a duration " + std::string(key.expected) + ", found " + describe_value(value));
    return std::nullopt;
}

void read_window(const JsonCursor& value, std::vector<model::UpdateWindow>& into, Problems& problems) {
    const auto text = value.string();
    const auto window = text ? model::parse_update_window(*text) : std::nullopt;
    if (window) return into.push_back(*window);
    problems.add(
        value.pointer(),
        "expected a window as in \"Sun 02:00-04:00\", \"Mon-Fri,Sun 22:00-02:00\" or, for every day, "
        "\"02:00-04:00\", found " +
            describe_value(value));
}

/// A window, or a list of them.
std::vector<model::UpdateWindow> read_windows(const JsonCursor& value, Problems& problems) {
    std::vector<model::UpdateWindow> windows;
    const auto items = value.is(JsonType::array) ? value.items() : std::vector<JsonCursor>{value};
    for (const JsonCursor& item : *items) read_window(item, windows, problems);
    if (items->empty()) problems.add(value.pointer(), "expected at least one window");
    return windows;
}

constexpr seconds longest_keep = std::chrono::days(3650);
constexpr unsigned highest_percentage = 90;

/// A whole number at the front of a text that ends in `unit`: "7d", "10%".
std::optional<unsigned> number_with(std::string_view text, char unit) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_number = error == std::errc{} && end + 1 == text.data() + text.size() && *end == unit;
    return is_number ? std::optional(number) : std::nullopt;
}

/// "7d", "never", or a duration as elsewhere.
std::optional<seconds> read_keep(const JsonCursor& value, model::ImagePolicy fallback, Problems& problems) {
    const auto text = value.string();
    if (text && *text == "never") return std::nullopt;
    const auto days = text ? number_with(*text, 'd') : std::nullopt;
    const auto duration = days   ? std::optional<seconds>(std::chrono::days(*days))
                          : text ? parse_interval(*text)
                                 : std::nullopt;
    if (duration && *duration <= longest_keep) return duration;
    problems.add(value.pointer(),
                 "expected a duration up to \"3650d\", such as \"7d\" or \"12h\", or "
                 "\"never\", found " +
                     describe_value(value));
    return fallback.keep;
}

unsigned read_free(const JsonCursor& value, model::ImagePolicy fallback, Problems& problems) {
    const auto text = value.string();
    const auto percent = text ? number_with(*text, '%') : std::nullopt;
    if (percent && *percent <= highest_percentage) return *percent;
    problems.add(value.pointer(), "expected a percentage from \"0%\" to \"90%\", such as \"10%\", found " +
                                      describe_value(value));
    return fallback.free_percent;
}

model::ImagePolicy read_images(const JsonCursor& images, Problems& problems) {
    model::ImagePolicy policy;
    ObjectReader reader(images, problems);
    if (const auto value = reader.take("keep")) policy.keep = read_keep(*value, policy, problems);
    if (const auto value = reader.take("free")) policy.free_percent = read_free(*value, policy, problems);
    reader.finish("reconcile.images");
    return policy;
}

}  // namespace

model::ReconcilePolicy read_reconcile(const JsonCursor& reconcile, Problems& problems) {
    model::ReconcilePolicy policy;
    ObjectReader reader(reconcile, problems);
    for (const DurationKey& key : duration_keys) {
        const auto value = reader.take(key.name);
        if (!value) continue;
        seconds& duration = policy.*key.member;
        duration = read_duration(*value, key, problems).value_or(duration);
    }
    if (const auto value = reader.take("drift")) {
        policy.repair = read_one_of(*value, drift_values, problems).value_or(true);
    }
    if (const auto value = reader.take("unhealthy")) {
        policy.restart_unhealthy = read_one_of(*value, unhealthy_words, problems).value_or(true);
    }
    if (const auto value = reader.take("orphans")) {
        policy.remove_orphans = read_one_of(*value, orphan_values, problems).value_or(true);
    }
    if (const auto value = reader.take("update-window"))
        policy.update_windows = read_windows(*value, problems);
    if (const auto value = reader.take("images")) policy.images = read_images(*value, problems);
    policy.rollback = reader.boolean("rollback");
    reader.finish("reconcile");
    return policy;
}

}  // namespace dockerext::settings
