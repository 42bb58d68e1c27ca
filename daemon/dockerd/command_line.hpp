#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::dockerd {

/// A flag as given to dockerd.
struct GivenFlag {
    std::string name;  ///< the long name, without dashes
    std::optional<std::string> value;
    bool operator==(const GivenFlag&) const = default;
};

/// Parses "--name", "--name=value", "-H", "-Hvalue" and "-H=value". A value in the next word is not included.
GivenFlag parse_flag(std::string_view word);

/// Whether `next`, the word after `flag`, is the flag's value. Nobody knows whether an unknown flag takes
/// one: any word after it that could be a value counts as its value.
bool takes_value(const GivenFlag& flag, std::string_view next);

/// The flags in the arguments of a running dockerd, in order. "-DH fd://" is two flags.
std::vector<GivenFlag> parse_flags(std::span<const std::string> arguments);

/// Whether both give dockerd the same, in any order. An address without a scheme is one of TCP.
bool are_same(std::vector<GivenFlag> one, std::vector<GivenFlag> other);

}  // namespace dockerext::dockerd
