#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Decodes the encodings in which a text may contain a secret. For the redactor.
namespace dockerext {

/// A part of a text, from `begin` up to but excluding `end`.
struct TextRange {
    std::uint32_t begin = 0, end = 0;
};

/// A text with each run of white space reduced to one blank, and the place in the original of each byte.
class Reading {
public:
    Reading() = default;
    /// Reads `text` without decoding; it must be shorter than 4 GiB.
    explicit Reading(std::string_view text);

    std::string_view text() const noexcept { return text_; }
    TextRange place(std::size_t byte) const { return places_[byte]; }
    /// The place of the bytes from `begin` up to but excluding `end`.
    TextRange place(std::size_t begin, std::size_t end) const {
        return {places_[begin].begin, places_[end - 1].end};
    }
    void add(char c, TextRange place);

private:
    std::string text_;
    std::vector<TextRange> places_;
};

/// Other readings of `reading`: escapes decoded, percent-encoding decoded (with '+' kept, and as a blank),
/// base64 decoded in each of its four alignments. Only those that differ; runs of fewer than `shortest_run`
/// digits do not count as base64.
std::vector<Reading> other_readings(const Reading& reading, std::size_t shortest_run);

}  // namespace dockerext
