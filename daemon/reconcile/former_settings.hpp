#pragma once

#include "base/task.hpp"
#include "reconcile/intent.hpp"
#include "reconcile/off_loop_parser.hpp"
#include "reconcile/reconciler.hpp"
#include "state/good_settings.hpp"
#include "state/settings_store.hpp"

#include <optional>
#include <set>

namespace dockerext::reconcile {

struct FormerSettings {
    state::GoodSettings good;
    AcceptedSettings accepted;            ///< with the images that ran then
    std::set<model::ServiceName> kept{};  ///< stay as in the stored settings (x-dockerextd.rollback)
};

/// Finds out what a return to good settings, or from them, would put in force. Changes nothing. What it is
/// given outlives it.
class FormerSettingsReader {
public:
    FormerSettingsReader(const OffLoopParser& parser, const state::SettingsStore& store,
                         const state::GoodSettingsStore& good, const Intent& intent,
                         const Reconciler& reconciler)
        : parser_(parser), store_(store), good_(good), intent_(intent), reconciler_(reconciler) {}

    /// The good settings with that number, or else the newest before those in force; with `services`, only
    /// these of them, and otherwise without what must stay (`kept`; nullopt: as the containers show now).
    /// Refused if certificates in them are not valid at `now`. `not_found` if there are none.
    Task<Result<FormerSettings>> read(std::optional<unsigned> number, std::set<model::ServiceName> services,
                                      std::optional<std::set<model::ServiceName>> kept,
                                      std::optional<model::WallTime> now) const;
    /// The settings that people asked for last.
    Task<Result<AcceptedSettings>> read_stored() const;

private:
    Task<Result<FormerSettings>> read_good(std::optional<unsigned> number,
                                           std::optional<model::WallTime> now) const;
    Result<std::set<model::ServiceName>> services_that_stay(const model::Project* stored) const;

    const OffLoopParser& parser_;
    const state::SettingsStore& store_;
    const state::GoodSettingsStore& good_;
    const Intent& intent_;
    const Reconciler& reconciler_;
};

}  // namespace dockerext::reconcile
