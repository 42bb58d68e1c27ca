#pragma once

#include "engine/client.hpp"
#include "plan/image_updates.hpp"
#include "reconcile/changes.hpp"
#include "reconcile/failure_ledger.hpp"
#include "reconcile/reconciler.hpp"
#include "reconcile/registry_tokens.hpp"
#include "registry/manifests.hpp"

#include <optional>
#include <string>

namespace dockerext::reconcile {

/// Asks registries for newer images when pull_policy makes that due (plan/image_updates.hpp), one question at
/// a time. The answers go to the ledger; the next plan pulls. Runs on the daemon's thread.
class ImageChecks {
public:
    ImageChecks(engine::Client& client, const Intent& intent, FailureLedger& ledger,
                const Reconciler& reconciler, RegistryTokens& tokens, Trigger& reconcile_trigger,
                Changes& changes)
        : client_(client),
          intent_(intent),
          ledger_(ledger),
          reconciler_(reconciler),
          tokens_(tokens),
          reconcile_trigger_(reconcile_trigger),
          changes_(changes) {}

    /// Runs until cancelled.
    Task<void> run();

private:
    std::optional<plan::ImageCheck> next() const;
    Task<Result<>> check(model::ImageRef image);
    Task<registry::Answer<std::string>> current_digest(model::ImageRef image, registry::Login login);
    Task<registry::Answer<std::optional<model::WallTime>>> creation_time(model::ImageRef image,
                                                                         std::string digest,
                                                                         registry::Login login);
    Task<registry::Login> login_to_registry_of(model::ImageRef image);
    template <typename T>
    void failed(const model::ImageRef& image, const registry::Answer<T>& answer);

    engine::Client& client_;
    const Intent& intent_;
    FailureLedger& ledger_;
    const Reconciler& reconciler_;
    RegistryTokens& tokens_;
    Trigger& reconcile_trigger_;
    Changes& changes_;
};

}  // namespace dockerext::reconcile
