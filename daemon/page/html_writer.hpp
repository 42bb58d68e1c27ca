#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dockerext::page {

/// `text` for use between tags or in a quoted attribute value: whatever it holds stays text. What is
/// invisible or would reorder the line becomes U+FFFD; line ends and tabs stay.
std::string escaped(std::string_view text);

/// A text of the program itself, such as the name of a tag: never one that comes from elsewhere.
struct Literal {
    // NOLINTNEXTLINE(google-explicit-constructor): only a constant converts
    consteval Literal(const char* literal) : text(literal) {}
    std::string_view text;
};

/// Writes HTML, and SVG within it. All markup is made here, and every other text passes `escaped`.
class HtmlWriter {
public:
    struct Attribute {
        Literal name;
        std::string value;
    };
    using Attributes = std::initializer_list<Attribute>;

    /// Opens an element; `end` closes the one that was opened last.
    void begin(Literal tag, Attributes attributes = {});
    void end();
    void text(std::string_view text);
    /// An element that holds only a text, if any.
    void element(Literal tag, std::string_view text, Attributes attributes = {});
    void element(Literal tag, Attributes attributes) { element(tag, "", attributes); }
    /// An element that has no end, such as meta.
    void lone(Literal tag, Attributes attributes);
    /// What is written as it is: the style sheet.
    void literal(Literal literal) { out_ += literal.text; }

    std::string take() { return std::move(out_); }

private:
    std::string out_;
    std::vector<std::string_view> open_;
};

}  // namespace dockerext::page
