#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace dockerext {

/// The known word that `word` was most likely meant to be; none when nothing is close.
/// Distance: Damerau-Levenshtein (adjacent letters swapped count as one slip).
std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace dockerext
