#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::model {

/// A flag as it was given to dockerd.
struct GivenFlag {
    std::string name;  ///< the long one, without dashes
    std::optional<std::string> value;
    bool operator==(const GivenFlag&) const = default;
};

/// "--name", "--name=value", "-H", "-Hvalue" and "-H=value" taken apart; a value in the next word is not
/// there yet.
GivenFlag flag_in(std::string_view word);

/// Whether the word after `flag` is its value. Whether a flag nobody knows takes one is not known either: a
/// word that follows it is taken for it.
bool takes(const GivenFlag& flag, std::string_view next);

/// The flags among the arguments of a dockerd that runs, in their order. "-DH fd://" are two.
std::vector<GivenFlag> flags_in(std::span<const std::string> arguments);

}  // namespace dockerext::model
