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
class DecodedText {
public:
    DecodedText() = default;
    /// Reads `text` without decoding; it must be shorter than 4 GiB.
    explicit DecodedText(std::string_view text);

    std::string_view text() const noexcept { return text_; }
    TextRange range(std::size_t byte) const { return ranges_[byte]; }
    /// The place of the bytes from `begin` up to but excluding `end`.
    TextRange range(std::size_t begin, std::size_t end) const {
        return {ranges_[begin].begin, ranges_[end - 1].end};
    }
    void add(char c, TextRange range);

private:
    std::string text_;
    std::vector<TextRange> ranges_;
};

/// Other readings of `decoded_text`: escapes decoded, percent-encoding decoded (with '+' kept, and as a
/// blank), base64 decoded in each of its four alignments. Only those that differ; runs of fewer than
/// `shortest_run` digits do not count as base64.
std::vector<DecodedText> decodings(const DecodedText& decoded_text, std::size_t shortest_run);

}  // namespace dockerext
