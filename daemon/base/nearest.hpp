#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace dockerext {

/// The known word that `word` was most likely meant to be; nullopt if none is close. Distance:
/// Damerau-Levenshtein (two swapped adjacent letters count as one typo).
std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace dockerext
