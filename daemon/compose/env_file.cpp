#include "compose/env_file.hpp"

#include "base/ascii.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace dockerext::compose {
namespace {

constexpr std::string_view blanks = " \t\v\f\r";
constexpr std::string_view spaces = " \t\v\f\r\n";

constexpr bool is_octal(char c) { return c >= '0' && c <= '7'; }

void skip(std::string_view& text, std::string_view characters) {
    text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
}

std::string_view trimmed_end(std::string_view text, std::string_view characters) {
    return text.substr(0, text.find_last_not_of(characters) + 1);
}

constexpr bool fits_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) ||
           static_cast<unsigned char>(c) > 127 || std::string_view("_.-[]").find(c) != std::string_view::npos;
}

/// The character that a letter after a backslash stands for; 0 for none.
constexpr char escaped(char letter) {
    constexpr std::string_view letters = "abfnrtv\"\\";
    constexpr std::string_view meanings = "\a\b\f\n\r\t\v\"\\";
    const std::size_t at = letters.find(letter);
    return at == std::string_view::npos ? '\0' : meanings[at];
}

/// Handles "\0" and up to three digits. They are a character only if there are exactly three and they are
/// octal.
void parse_octal(std::string_view& rest, std::string& out) {
    rest.remove_prefix(1);
    std::size_t length = 0;
    while (length < 3 && length < rest.size() && is_digit(rest[length])) ++length;
    const std::string_view digits = rest.substr(0, length);
    rest.remove_prefix(length);
    const bool whole = length == 3 && digits[0] <= '3' && std::all_of(digits.begin(), digits.end(), is_octal);
    if (!whole) {
        out += '\\';
        out += digits;
        return;
    }
    append_utf8(out,
                static_cast<char32_t>((digits[0] - '0') * 64 + (digits[1] - '0') * 8 + (digits[2] - '0')));
}

std::string expand_escapes(std::string_view rest) {
    std::string out;
    while (!rest.empty()) {
        const char c = rest.front();
        rest.remove_prefix(1);
        const char next = c == '\\' && !rest.empty() ? rest.front() : '\0';
        if (next == '0') {
            parse_octal(rest, out);
        } else if (next == '$') {
            out += "$$";
            rest.remove_prefix(1);
        } else if (const char meaning = escaped(next)) {
            out += meaning;
            rest.remove_prefix(1);
        } else {
            out += c;
        }
    }
    return out;
}

class Parser {
public:
    Parser(std::string_view text, const Lookup& lookup, Environment& into, const Node& at,
           Diagnostics& diagnostics)
        : text_(text), rest_(text), lookup_(lookup), into_(into), at_(at), diagnostics_(diagnostics) {}

    Result<> parse() {
        while (next_statement()) {
            if (auto read = statement(); !read) return read;
        }
        return {};
    }

private:
    bool next_statement() {
        skip(rest_, spaces);
        while (rest_.starts_with('#')) {
            rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
            skip(rest_, spaces);
        }
        return !rest_.empty();
    }

    Result<> statement() {
        start_ = rest_;
        skip_export();
        const std::size_t end = std::min(rest_.find_first_of("=:\n"), rest_.size());
        const std::string_view name = trimmed_end(rest_.substr(0, end), blanks);
        for (const char c : name) {
            if (blanks.find(c) != std::string_view::npos)
                return syntax_error("a variable's name cannot contain a space");
            if (!fits_name(c))
                return syntax_error("unexpected '" + std::string(1, c) + "' in a variable's name");
        }
        const bool bare = end == rest_.size() || rest_[end] == '\n';
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        if (name.empty()) return syntax_error("a variable's name is missing");
        name_ = name;
        if (bare) return inherit();
        skip(rest_, blanks);
        auto found = value();
        if (!found) return found.error();
        into_[name_] = std::move(*found);
        return {};
    }

    void skip_export() {
        constexpr std::string_view word = "export";
        if (!rest_.starts_with(word)) return;
        std::string_view after = rest_.substr(word.size());
        if (after.empty() || spaces.find(after.front()) == std::string_view::npos) return;
        skip(after, blanks);
        rest_ = after;
    }

    Result<> inherit() {
        if (const std::string* found = lookup_(name_)) into_[name_] = *found;
        return {};
    }

    Result<std::string> value() {
        if (rest_.starts_with('"') || rest_.starts_with('\'')) return quoted_value();
        const std::size_t end = std::min(rest_.find('\n'), rest_.size());
        std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        line = trimmed_end(line.substr(0, line.find(" #")), spaces);
        return expanded(line);
    }

    Result<std::string> quoted_value() {
        const char quote = rest_.front();
        std::string inside;
        bool escape = false;
        for (std::size_t i = 1; i < rest_.size(); ++i) {
            const char c = rest_[i];
            if (c == quote && !escape) {
                rest_.remove_prefix(i + 1);
                return quote == '"' ? unescaped(inside) : Result<std::string>(std::move(inside));
            }
            if (c == '\\' && !escape) {
                escape = true;
                continue;
            }
            if (escape && c != quote) inside += '\\';
            escape = false;
            inside += c;
        }
        return syntax_error("the closing quote is missing");
    }

    Result<std::string> unescaped(std::string_view inside) {
        const std::string text = expand_escapes(inside);
        if (text.find('\0') != std::string::npos) return syntax_error("a NUL character is not allowed");
        return expanded(text);
    }

    /// Errors do not repeat the value, because these files contain passwords.
    Result<std::string> expanded(std::string_view value) {
        const Lookup all = [this](const std::string& name) -> const std::string* {
            if (const std::string* found = lookup_(name)) return found;
            const auto earlier = into_.find(name);
            return earlier == into_.end() ? nullptr : &earlier->second;
        };
        Diagnostics own;
        own.spent = diagnostics_.spent;
        auto text = expand(value, all, at_, own);
        diagnostics_.spent = own.spent;
        diagnostics_.unset.merge(own.unset);
        if (!own.warnings.empty()) {
            diagnostics_.warn(
                at_, "a variable in the value of '" + name_ + "' is not set; it becomes an empty string");
        }
        if (text) return text;
        return syntax_error("the value of '" + name_ +
                            "' has an invalid $ expression or lacks a required variable; in '…' a value is "
                            "taken literally");
    }

    Error syntax_error(const std::string& complaint) const {
        const std::string_view before = text_.substr(0, text_.size() - start_.size());
        const auto line = std::count(before.begin(), before.end(), '\n') + 1;
        return {ErrorKind::invalid_input, "line " + std::to_string(line) + ": " + complaint};
    }

    std::string_view text_, rest_, start_;
    std::string name_;  ///< of the variable that is being read
    const Lookup& lookup_;
    Environment& into_;
    const Node& at_;
    Diagnostics& diagnostics_;
};

/// The text as the engine receives it: its JSON is UTF-8.
Result<std::string> text_of(std::string_view bytes) {
    if (bytes.find('\0') != std::string_view::npos) {
        return Error(ErrorKind::invalid_input, "a NUL character is not allowed");
    }
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    return valid_utf8(bytes);
}

}  // namespace

Result<> parse_env_file(std::string_view bytes, const Lookup& lookup, Environment& into, const Node& at,
                        Diagnostics& diagnostics) {
    const auto text = text_of(bytes);
    if (!text) return text.error();
    return Parser(*text, lookup, into, at, diagnostics).parse();
}

Result<> parse_raw_env_file(std::string_view bytes, const Lookup& lookup, Environment& into) {
    const auto whole = text_of(bytes);
    if (!whole) return whole.error();
    std::string_view text = *whole;
    for (std::size_t number = 1; !text.empty(); ++number) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        skip(line, spaces);
        if (line.empty() || line.front() == '#') continue;
        const std::string name(line.substr(0, line.find('=')));
        if (name.empty() || name.find_first_of(spaces) != std::string::npos) {
            return Error(ErrorKind::invalid_input,
                         "line " + std::to_string(number) + ": expected NAME=VALUE, the name without spaces");
        }
        if (name.size() < line.size()) into[name] = line.substr(name.size() + 1);
        else if (const std::string* found = lookup(name)) into[name] = *found;
    }
    return {};
}

}  // namespace dockerext::compose
