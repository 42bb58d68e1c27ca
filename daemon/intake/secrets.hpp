#pragma once

#include "base/redactor.hpp"
#include "model/settings.hpp"

#include <utility>

namespace dockerext::intake {

/// Redacts the secrets of settings.
Redactor secrets_of(const model::Settings& settings);

/// Redacts the secrets of an envelope, as far as it can be read.
Redactor secrets_of(const model::Envelope& envelope);

/// The secrets of the settings in force and of the settings before them, whose containers may still exist.
/// Secrets of older settings are forgotten, so there are never more than two generations.
class SecretsInUse {
public:
    SecretsInUse() = default;
    SecretsInUse(Redactor current, Redactor former)
        : current_(std::move(current)), former_(std::move(former)) {}

    void replace_with(Redactor next);
    Redactor all() const;

private:
    Redactor current_, former_;
};

}  // namespace dockerext::intake
