#pragma once

#include "base/secret.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

/// Takes known secrets out of text that people will read, also where somebody quoted them ("pass\"word").
/// Values shorter than four bytes stay: they would blot out every "1" and "yes" of a message and protect
/// nothing.
class Redactor {
public:
    Redactor() = default;
    explicit Redactor(std::vector<Secret> secrets);

    /// Knows the secrets of `other` as well from now on.
    void also(const Redactor& other);

    /// `text` with every secret replaced by "(hidden)".
    std::string operator()(std::string_view text) const;
    bool finds_in(std::string_view text) const;

private:
    void arrange();

    std::vector<Secret> secrets_;  ///< longest first, so that one within another cannot leave a rest
};

}  // namespace dockerext
