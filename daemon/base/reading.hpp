#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What a text says once its spelling is undone. For the redactor.
namespace dockerext {

/// A part of a text: from `begin` to before `end`.
struct TextRange {
    std::uint32_t begin = 0, end = 0;
};

/// A text with its white space made single blanks, and where in the original each byte comes from.
class Reading {
public:
    Reading() = default;
    /// `text` as it is; less than 4 GiB.
    explicit Reading(std::string_view text);

    std::string_view text() const noexcept { return text_; }
    TextRange place(std::size_t byte) const { return places_[byte]; }
    /// Of the bytes from `begin` to before `end`.
    TextRange place(std::size_t begin, std::size_t end) const {
        return {places_[begin].begin, places_[end - 1].end};
    }
    void add(char c, TextRange place);

private:
    std::string text_;
    std::vector<TextRange> places_;
};

/// What else `reading` may say: escapes undone, percent-encoding undone (with '+' as it is, and as a blank),
/// base64 decoded in each of its four alignments. Only those that differ; base64 in runs of fewer than
/// `shortest_run` digits is none.
std::vector<Reading> other_readings(const Reading& reading, std::size_t shortest_run);

}  // namespace dockerext
