#pragma once

#include "base/redactor.hpp"
#include "model/settings.hpp"

#include <utility>
#include <vector>

namespace dockerext::intake {

/// The secrets of an envelope, as far as it can be read.
std::vector<Secret> secret_values(const model::Envelope& envelope);

/// Redacts the secrets of settings.
Redactor secrets_of(const model::Settings& settings);

/// Redacts the secrets of an envelope, as far as it can be read.
Redactor secrets_of(const model::Envelope& envelope);

/// The secrets of the newest settings, of the settings before them, whose containers may still exist, and of
/// settings that were put in force again. Secrets of others are forgotten.
class SecretsInUse {
public:
    SecretsInUse() = default;
    SecretsInUse(Redactor current, Redactor former)
        : current_(std::move(current)), former_(std::move(former)) {}

    void replace_with(Redactor next);
    /// Settings are put in force again. Containers of others that were may still exist.
    void add_rolled_back(const Redactor& secrets) { rolled_back_.merge(secrets); }
    Redactor all() const;

private:
    Redactor current_, former_, rolled_back_;
};

}  // namespace dockerext::intake
