#pragma once

#include "base/redactor.hpp"

#include <utility>

namespace dockerext::reconcile {

/// The secrets of the settings in force and of the settings before them, whose containers may still exist.
/// Secrets of older settings are forgotten, so there are never more than two generations.
class SecretsInUse {
public:
    SecretsInUse() = default;
    SecretsInUse(Redactor current, Redactor former)
        : current_(std::move(current)), former_(std::move(former)) {}

    void replace_with(Redactor next) { former_ = std::exchange(current_, std::move(next)); }

    Redactor all() const {
        Redactor both = current_;
        both.also(former_);
        return both;
    }

private:
    Redactor current_, former_;
};

}  // namespace dockerext::reconcile
