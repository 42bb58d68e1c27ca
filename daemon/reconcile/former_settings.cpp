#include "reconcile/former_settings.hpp"

#include "reconcile/put_back.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::reconcile {

Task<Result<FormerSettings>> FormerSettingsReader::read_good(std::optional<unsigned> number,
                                                             std::optional<model::WallTime> now) const {
    const std::string requested = intent_.requested();
    const bool all_back = intent_.rolled_back() && intent_.rolled_back()->services.empty();
    const unsigned present = all_back ? intent_.rolled_back()->number : 0;
    const std::vector<state::GoodSettings> all = good_.list();
    const auto found = std::find_if(all.begin(), all.end(), [&](const state::GoodSettings& good) {
        if (number) return good.number == *number;
        return present != 0 ? good.number < present : good.fingerprint != requested;
    });
    if (found == all.end())
        co_return Error(ErrorKind::not_found,
                        number ? "there are no good settings with the number " + std::to_string(*number)
                               : "there are no earlier settings with which everything ran");
    const auto envelope = good_.envelope_of(*found);
    if (!envelope) co_return envelope.error();
    auto examining = parser_.parse(*envelope, {.certificates_at = now});
    auto examined = co_await std::move(examining);
    if (!examined) co_return examined.error();
    if (!examined->accepted)
        co_return Error(ErrorKind::invalid_input, "the settings with the number " +
                                                      std::to_string(found->number) +
                                                      " are not valid now: " + to_text(examined->problems));
    pin_images(found->images, found->fingerprint == requested, examined->accepted->desired.project);
    use_rollback_config(examined->accepted->desired.project);
    co_return FormerSettings{*found, std::move(*examined->accepted)};
}

Task<Result<AcceptedSettings>> FormerSettingsReader::read_stored() const {
    const auto stored = store_.load();
    if (!stored.envelope) co_return Error(ErrorKind::not_found, stored.warning);
    auto examining = parser_.parse(*stored.envelope, {});
    auto examined = co_await std::move(examining);
    if (!examined) co_return examined.error();
    if (!examined->accepted) co_return Error(ErrorKind::invalid_input, to_text(examined->problems));
    co_return std::move(*examined->accepted);
}

Task<Result<FormerSettings>> FormerSettingsReader::read(std::optional<unsigned> number,
                                                        std::set<model::ServiceName> services,
                                                        std::optional<std::set<model::ServiceName>> kept,
                                                        std::optional<model::WallTime> now) const {
    auto examining = read_good(number, now);
    auto former = co_await std::move(examining);
    const bool all = services.empty();
    if (!former || (all && kept && kept->empty())) co_return former;
    auto parsing = read_stored();
    auto stored = co_await std::move(parsing);
    if (all && !kept) {
        auto stay = services_that_stay(stored ? &stored->desired.project : nullptr);
        if (!stay) co_return stay.error();
        kept = std::move(*stay);
    }
    if (all && kept->empty()) co_return former;
    if (!stored) co_return stored.error();
    model::Desired& old = former->accepted.desired;
    if (stored->desired.project.name != old.project.name) {
        if (all) co_return former;
        co_return Error(ErrorKind::not_found, "the earlier settings are of another project");
    }
    const auto back = all ? put_back_services(*kept, stored->desired.project, old.project)
                          : put_back_services(services, old.project, stored->desired.project);
    if (!back) co_return back.error();
    model::Desired& combined = all ? old : stored->desired;
    combined.redact.merge(all ? stored->desired.redact : old.redact);
    if (all) former->kept = std::move(*kept);
    else former->accepted = std::move(*stored);
    co_return former;
}

/// Data must not get into the hands of an older version because something is not known at the moment.
Result<std::set<model::ServiceName>> FormerSettingsReader::services_that_stay(
    const model::Project* stored) const {
    const AcceptedSettings* const in_force = intent_.in_force();
    if (stored == nullptr && in_force != nullptr) stored = &in_force->desired.project;
    const auto never = [](const auto& entry) { return entry.second.never_rolls_back; };
    if (stored == nullptr || std::none_of(stored->services.begin(), stored->services.end(), never))
        return std::set<model::ServiceName>();
    const Facts facts = reconciler_.facts();
    if (facts.observed == nullptr || !model::all_known(model::Subject::Kind::container, *facts.observed)) {
        return Error(ErrorKind::unavailable,
                     "the state of containers is not known, so it is not known either which services with "
                     "x-dockerextd.rollback: never have to stay");
    }
    return services_to_keep(*stored, *facts.observed, *facts.history);
}

}  // namespace dockerext::reconcile
