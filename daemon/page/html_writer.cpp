#include "page/html_writer.hpp"

#include "base/utf8.hpp"

namespace dockerext::page {

std::string escaped(std::string_view text) {
    constexpr char32_t replacement = 0xFFFD;
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const char32_t point = next_code_point(text).value_or(replacement);
        switch (point) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&#39;"; break;
        case '\n':
        case '\t': out += static_cast<char>(point); break;
        default: append_utf8(out, is_printable(point) ? point : replacement);
        }
    }
    return out;
}

void HtmlWriter::lone(Literal tag, Attributes attributes) {
    out_ += "<";
    out_ += tag.text;
    for (const auto& [name, value] : attributes) {
        out_ += " ";
        out_ += name.text;
        out_ += "=\"" + escaped(value) + "\"";
    }
    out_ += ">";
}

void HtmlWriter::begin(Literal tag, Attributes attributes) {
    lone(tag, attributes);
    open_.push_back(tag.text);
}

void HtmlWriter::end() {
    out_ += "</";
    out_ += open_.back();
    out_ += ">";
    open_.pop_back();
}

void HtmlWriter::text(std::string_view text) { out_ += escaped(text); }

void HtmlWriter::element(Literal tag, std::string_view text, Attributes attributes) {
    begin(tag, attributes);
    this->text(text);
    end();
}

}  // namespace dockerext::page
