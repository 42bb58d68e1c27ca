#include "base/plain_text.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <vector>

namespace dockerext {
namespace {

constexpr char escape = '\x1b';

/// Removes the escape sequence with which `text` begins (ECMA-48: CSI, OSC, and two-letter ones).
void skip_escape(std::string_view& text) {
    text.remove_prefix(1);
    if (text.empty()) return;
    const char kind = text.front();
    text.remove_prefix(1);
    if (kind == '[') {
        const auto final =
            std::find_if(text.begin(), text.end(), [](char c) { return c >= '@' && c <= '~'; });
        text.remove_prefix(static_cast<std::size_t>(final - text.begin()));
        if (!text.empty()) text.remove_prefix(1);
    } else if (kind == ']') {
        const std::size_t end = text.find_first_of("\a\x1b");
        text.remove_prefix(std::min(end, text.size()));
        if (!text.empty() && text.front() == '\a') text.remove_prefix(1);
    }
}

/// C0, DEL and C1 in UTF-8 (0xc2 0x80 to 0xc2 0x9f).
bool is_control(std::string_view text) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    return byte(0) < 0x20 || byte(0) == 0x7f || (text.size() > 1 && byte(0) == 0xc2 && byte(1) < 0xa0);
}

std::string without_controls(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        const char c = text.front();
        if (c == escape) {
            skip_escape(text);
            continue;
        }
        const bool breaks = c == '\n' || c == '\r';
        const bool control = is_control(text);
        if (breaks) plain += '\n';
        else if (c == '\t') plain += ' ';
        else if (!control) plain += c;
        text.remove_prefix(control && static_cast<unsigned char>(c) == 0xc2 ? 2 : 1);
    }
    return plain;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        lines.push_back(line.substr(0, line.find_last_not_of(' ') + 1));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    std::erase(lines, std::string_view());
    return lines;
}

std::string joined(const std::vector<std::string_view>& lines) {
    std::string text;
    for (const std::string_view line : lines) {
        if (!text.empty()) text += '\n';
        text += line;
    }
    return text;
}

}  // namespace

std::string plain_text(std::string_view output) {
    return joined(lines_of(without_controls(valid_utf8(output))));
}

std::string last_lines(std::string_view text, std::size_t lines, std::size_t bytes) {
    const auto all = lines_of(text);
    std::vector<std::string_view> kept;
    std::size_t size = 0;
    for (auto line = all.rbegin(); line != all.rend() && kept.size() < lines; ++line) {
        if (size + line->size() > bytes) {
            if (kept.empty()) kept.push_back(line->substr(0, bytes));
            break;
        }
        size += line->size() + 1;
        kept.push_back(*line);
    }
    std::reverse(kept.begin(), kept.end());
    return valid_utf8(joined(kept));
}

}  // namespace dockerext
