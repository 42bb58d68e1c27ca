#include "reconcile/settings_in_force.hpp"

#include "base/clock.hpp"
#include "base/iso_time.hpp"
#include "base/joined.hpp"
#include "base/message_id.hpp"
#include "intake/secrets.hpp"
#include "reconcile/put_back.hpp"

#include <utility>

namespace dockerext::reconcile {

using intake::IntakeResult;
using model::SettingsState;

namespace {

model::SettingsStatus status_of(const model::Envelope& envelope, SettingsState state,
                                std::vector<Problem> errors) {
    return {envelope.sequence, envelope.source, state, std::move(errors)};
}

/// For people who see no fields: "settings 3 from azure".
std::string title_of(const model::Envelope& envelope) {
    return "settings " + std::to_string(envelope.sequence) + " from " +
           std::string(to_string(envelope.source));
}

bool same_certificates(const model::EngineDesired& one, const model::EngineDesired& other) {
    const auto& a = one.certificates;
    const auto& b = other.certificates;
    return a && b && a->ca == b->ca && a->cert == b->cert && a->key == b->key;
}

std::string names_text(const std::set<model::ServiceName>& services) {
    return joined(services, ", ", [](const auto& name) { return name.value; });
}

}  // namespace

/// The settings in force that are delivered again were accepted once: after an upgrade, say, the agent
/// repeats them. Certificates in force were valid when they arrived; if they have expired since, that is no
/// reason to reject other changes.
Task<Result<IntakeResult>> SettingsInForce::examine(model::Envelope envelope) const {
    const AcceptedSettings* accepted = intent_.in_force();
    const auto current = accepted != nullptr ? accepted->engine : model::EngineDesired{};
    const std::string requested = accepted != nullptr ? intent_.requested() : "";
    auto checks = settings::checks_of_new_settings(wall_now());
    auto checking = parser_.parse(envelope, checks);
    auto checked = co_await std::move(checking);
    if (!checked || checked->accepted) co_return checked;
    auto reading = parser_.parse(envelope, {});
    auto read = co_await std::move(reading);
    if (!read || (read->accepted && read->accepted->fingerprint == requested)) co_return read;
    const bool are_settled = read->accepted && same_certificates(read->accepted->engine, current);
    if (!are_settled) co_return checked;
    checks.certificates_at.reset();
    auto checking_rest = parser_.parse(std::move(envelope), checks);
    co_return co_await std::move(checking_rest);
}

Task<void> SettingsInForce::restore() {
    protect_good_images();
    const auto loaded = store_.load();
    if (!loaded.warning.empty()) log::warning("stored settings are damaged", {{"ERROR", loaded.warning}});
    if (!loaded.envelope) {
        if (loaded.damaged) status_ = {.state = SettingsState::rejected, .errors = {{"", loaded.warning}}};
    } else {
        fallback_ = loaded.warning;
        co_await adopt_stored(*loaded.envelope);
    }
    if (auto rejection = store_.rejection()) {
        status_ = {rejection->sequence, rejection->source, SettingsState::rejected,
                   std::move(rejection->problems)};
    }
}

Task<void> SettingsInForce::adopt_stored(model::Envelope stored) {
    auto examining = parser_.parse(stored, {});
    auto examined = co_await std::move(examining);
    IntakeResult intake = examined
                              ? std::move(*examined)
                              : IntakeResult{.accepted = {}, .problems = {{"", examined.error().message()}}};
    status_ = status_of(stored, intake.accepted ? SettingsState::accepted : SettingsState::rejected,
                        intake.problems);
    if (!intake.accepted) {
        log::error("stored settings are not valid for this version; running containers are left unchanged",
                   {{"ERROR", to_text(intake.problems)}});
        co_return;
    }
    const auto previous = store_.previous();
    secrets_ = {intake.accepted->desired.redact, previous ? intake::secrets_of(*previous) : Redactor()};
    swarm_reconciler_.adopt(intake.accepted->swarm, secrets_.all());
    if (const auto rolled_back = intent_.rolled_back();
        rolled_back && rolled_back->from == intake.accepted->fingerprint) {
        auto examining_good =
            former_.read(rolled_back->number, rolled_back->services, rolled_back->kept, std::nullopt);
        auto former = co_await std::move(examining_good);
        if (former) co_return put_back(std::move(*former), *rolled_back);
        log::warning("cannot read the settings that were in force; trying the newest ones again",
                     {{"ERROR", former.error().message()}});
    }
    intent_.note_rollback({});
    adopt(std::move(*intake.accepted));
}

/// The engine's part first, because the services wait for it. Containers of the former settings may still
/// exist and contain secrets of those settings.
void SettingsInForce::adopt(AcceptedSettings accepted, const std::set<model::ServiceName>& again) {
    const AcceptedSettings* const before = intent_.in_force();
    const bool are_others = before == nullptr || before->fingerprint != accepted.fingerprint;
    if (are_others) keep_error_.clear();  // nobody tries to keep those before any more
    accepted.desired.redact = secrets_.all();
    engine_reconciler_.adopt(accepted.engine, accepted.desired.redact);
    swarm_reconciler_.adopt_stack(stack_of(accepted), accepted.engine.logins, accepted.desired.redact);
    reconciler_.adopt(std::move(accepted), again);
}

/// Stores the settings before acting on them, so that a crash cannot lose them. The agent sends the same
/// settings repeatedly: that restarts nothing. A new number means that a person has deployed them again and
/// does not want to wait for a backoff.
Result<> SettingsInForce::accept(const model::Envelope& envelope, AcceptedSettings accepted) {
    if (auto saved = store_.save(envelope); !saved) return saved.error();
    fallback_.clear();
    log::info(title_of(envelope) + " accepted", {log::id_settings_accepted,
                                                 {"SOURCE", to_string(envelope.source)},
                                                 {"SEQUENCE", std::to_string(envelope.sequence)}});
    const bool is_redeployed =
        envelope.source == model::SettingsSource::azure && envelope.sequence != status_.sequence;
    status_ = status_of(envelope, SettingsState::accepted, {});
    const bool known = intent_.in_force() != nullptr && intent_.requested() == accepted.fingerprint;
    const bool is_rolled_back = known && intent_.rolled_back();
    if (is_rolled_back)  // the same settings are not tried again
        status_ = status_of(envelope, SettingsState::rolled_back, {{"", intent_.rolled_back()->reason}});
    if (!known) {
        intent_.note_rollback({});
        secrets_.replace_with(accepted.desired.redact);
    }
    const bool is_resubmitted = envelope.source == model::SettingsSource::by_operator && !is_rolled_back;
    if (!known || is_resubmitted || is_redeployed) swarm_reconciler_.adopt(accepted.swarm, secrets_.all());
    if (!known || is_resubmitted) adopt(std::move(accepted));
    if (!known) reporter_.new_settings();
    else if (is_redeployed) reconciler_.retry({});
    return {};
}

Result<> SettingsInForce::reject(const model::Envelope& envelope, const std::vector<Problem>& problems) {
    log::warning(title_of(envelope) + " rejected", {log::id_settings_rejected,
                                                    {"SOURCE", to_string(envelope.source)},
                                                    {"SEQUENCE", std::to_string(envelope.sequence)},
                                                    {"REASON", to_text(problems)}});
    status_ = status_of(envelope, SettingsState::rejected, problems);
    return store_.save_rejection({envelope.sequence, envelope.source, problems});
}

void SettingsInForce::postpone(const model::Envelope& envelope, const std::string& why) {
    status_ = status_of(envelope, SettingsState::pending, {{"", why}});
}

void SettingsInForce::report_newer(const std::string& why) {
    status_.state = SettingsState::pending;
    status_.errors = {{"", why}};
}

std::optional<model::PartStatus> SettingsInForce::part() const {
    if (fallback_.empty()) return std::nullopt;
    return model::PartStatus{
        "settings", model::PartState::failed,
        fallback_ + ", and may be older than the last accepted settings: apply the settings again", true};
}

Result<> SettingsInForce::keep_as_good(const std::map<model::ImageRef, model::ImageId>& images) {
    const auto stored = store_.load();
    if (!stored.envelope) return Error(ErrorKind::not_found, stored.warning);
    const model::Envelope& envelope = *stored.envelope;
    auto kept = good_.add({.at = wall_now(),
                           .source = envelope.source,
                           .sequence = envelope.sequence,
                           .fingerprint = intent_.requested(),
                           .images = images},
                          envelope);
    keep_error_ = kept ? "" : kept.error().message();
    changes_.raise();
    protect_good_images();
    return kept;
}

/// Nobody can return to good settings without their images.
void SettingsInForce::protect_good_images() {
    std::set<model::ImageId> images;
    for (const state::GoodSettings& good : good_.list()) {
        for (const auto& [reference, id] : good.images) images.insert(id);
    }
    reconciler_.set_good_images(std::move(images));
}

Result<std::string> SettingsInForce::public_settings() const {
    if (intent_.in_force() == nullptr) return Error(ErrorKind::not_found, "no settings are in force");
    const auto& back = intent_.rolled_back();
    if (!back || !back->services.empty()) {
        auto stored = store_.load();
        if (!stored.envelope) return Error(ErrorKind::unavailable, stored.warning);
        return std::move(stored.envelope->public_settings);
    }
    for (const state::GoodSettings& good : good_.list()) {
        if (good.number != back->number) continue;
        auto envelope = good_.envelope_of(good);
        if (!envelope) return envelope.error();
        return std::move(envelope->public_settings);
    }
    return Error(ErrorKind::unavailable,
                 "the good settings " + std::to_string(back->number) + " cannot be read");
}

Task<Result<>> SettingsInForce::roll_back(std::optional<unsigned> number,
                                          std::set<model::ServiceName> services, std::string reason) {
    if (intent_.in_force() == nullptr)
        co_return Error(ErrorKind::conflict, "there are no valid settings in force");
    if (intent_.in_force()->stack)
        co_return Error(
            ErrorKind::conflict,
            "the settings in force run as a stack, whose services Swarm rolls back itself; to return "
            "to earlier settings, apply them again");
    const std::string requested = intent_.requested();
    const auto before = intent_.rolled_back();
    auto examining = former_.read(number, services, std::nullopt, wall_now());
    auto former = co_await std::move(examining);
    if (!former) co_return former.error();
    const bool is_same = intent_.in_force() != nullptr && intent_.requested() == requested;
    if (!is_same || intent_.rolled_back() != before)
        co_return Error(ErrorKind::conflict, "other settings were put in force meanwhile");
    const unsigned to = former->good.number;
    const std::string what = names_text(services), kept = names_text(former->kept);
    std::string text = "running " + (what.empty() ? "" : what + " of ") + "the settings of " +
                       iso_time(former->good.at) + " again (number " + std::to_string(to) + ")" +
                       (kept.empty() ? "" : ", except " + kept + " (x-dockerextd.rollback: never)") + ": " +
                       secrets_.all()(reason);
    log::warning("settings rolled back", {{"REASON", text}});
    std::set<model::ServiceName> stay = former->kept;
    const Facts facts = reconciler_.facts();
    auto images = facts.observed == nullptr
                      ? std::map<model::ImageRef, model::ImageId>()
                      : replaced_images(former->accepted.desired.project, *facts.observed);
    put_back(std::move(*former), {.from = requested,
                                  .number = to,
                                  .services = std::move(services),
                                  .kept = std::move(stay),
                                  .reason = std::move(text),
                                  .images = std::move(images)});
    co_return Result<>();
}

/// Unless the status is that of newer settings that were rejected, or wait.
void SettingsInForce::set_status_of_stored(SettingsState state, std::vector<Problem> errors) {
    const bool is_of_stored =
        status_.state == SettingsState::accepted || status_.state == SettingsState::rolled_back;
    if (!is_of_stored) return;
    status_.state = state;
    status_.errors = std::move(errors);
}

/// The note first: if the daemon ends in between, it puts these settings in force when it starts again.
void SettingsInForce::put_back(FormerSettings former, state::RolledBack rolled_back) {
    set_status_of_stored(SettingsState::rolled_back, {{"", rolled_back.reason}});
    secrets_.add_rolled_back(former.accepted.desired.redact);
    const std::set<model::ServiceName> again = rolled_back.services;
    intent_.note_rollback(std::move(rolled_back));
    adopt(std::move(former.accepted), again);
    changes_.raise();
}

Task<Result<>> SettingsInForce::end_rollback() {
    const auto before = intent_.rolled_back();
    auto reading = former_.read_stored();
    auto stored = co_await std::move(reading);
    if (!stored) co_return stored.error();
    if (intent_.rolled_back() != before)
        co_return Error(ErrorKind::conflict, "other settings were put in force meanwhile");
    set_status_of_stored(SettingsState::accepted, {});
    intent_.note_rollback({});
    adopt(std::move(*stored));
    reporter_.new_settings();
    co_return Result<>();
}

Result<> SettingsInForce::forget() {
    status_ = {};
    secrets_ = {};
    fallback_.clear();
    keep_error_.clear();
    engine_reconciler_.clear_settings();
    auto cleared = swarm_reconciler_.clear_settings();
    if (cleared) cleared = store_.clear();
    if (cleared) cleared = good_.clear();
    protect_good_images();
    return cleared;
}

}  // namespace dockerext::reconcile
