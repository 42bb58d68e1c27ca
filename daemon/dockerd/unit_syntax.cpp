#include "dockerd/unit_syntax.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace dockerext::dockerd {
namespace {

constexpr std::string_view blanks = " \t\r\n";

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

std::string_view trimmed_left(std::string_view text) {
    return text.substr(std::min(text.size(), text.find_first_not_of(blanks)));
}

std::string_view trimmed_blanks(std::string_view text) {
    text = trimmed_left(text);
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

char pop_front(std::string_view& text) {
    const char c = text.front();
    text.remove_prefix(1);
    return c;
}

/// Whether a line continues: its last backslash is not escaped by another one.
bool is_continued(std::string_view line) {
    const std::size_t last = line.find_last_not_of('\\');
    const std::size_t backslashes = line.size() - (last == std::string_view::npos ? 0 : last + 1);
    return backslashes % 2 == 1;
}

/// Lines without comments, each joined with its continuation lines.
std::vector<std::string> logical_lines(std::string_view text) {
    std::vector<std::string> lines;
    std::string line;
    bool continued = false;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view part = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (part.ends_with('\r')) part.remove_suffix(1);
        part = trimmed_left(part);
        if (part.starts_with('#') || part.starts_with(';')) continue;
        continued = is_continued(part);
        line += continued ? part.substr(0, part.size() - 1) : part;
        if (continued) line += ' ';
        else lines.push_back(std::exchange(line, {}));
    }
    if (continued) lines.push_back(std::move(line));
    return lines;
}

constexpr auto letter_escapes = std::to_array<std::pair<char, char>>({
    {'a', '\a'},
    {'b', '\b'},
    {'f', '\f'},
    {'n', '\n'},
    {'r', '\r'},
    {'t', '\t'},
    {'v', '\v'},
    {'\\', '\\'},
    {'"', '"'},
    {'\'', '\''},
    {'s', ' '},
});

/// How an escape writes a character as a number.
struct NumberEscape {
    std::size_t prefix, digits;
    int base;
    bool is_byte;
};

std::optional<NumberEscape> number_escape(char first) {
    switch (first) {
    case 'x': return NumberEscape{1, 2, 16, true};
    case 'u': return NumberEscape{1, 4, 16, false};
    case 'U': return NumberEscape{1, 8, 16, false};
    default: break;
    }
    return is_one_of(first, "01234567") ? std::optional(NumberEscape{0, 3, 8, true}) : std::nullopt;
}

/// Removes the number from `rest`, and appends its character to `word`.
bool parse_number(std::string_view& rest, const NumberEscape& form, std::string& word) {
    if (rest.size() < form.prefix + form.digits) return false;
    const char* const first = rest.data() + form.prefix;
    const char* const last = first + form.digits;
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(first, last, number, form.base);
    if (error != std::errc{} || end != last || number == 0) return false;
    if (form.is_byte && number > 0xFF) return false;
    if (form.is_byte) word += static_cast<char>(number);
    else append_utf8(word, number);
    rest.remove_prefix(form.prefix + form.digits);
    return true;
}

/// Handles the text after a backslash. An unknown escape stays, with its backslash.
void parse_c_escape(std::string_view& rest, std::string& word) {
    for (const auto& [letter, meaning] : letter_escapes) {
        if (rest.front() != letter) continue;
        word += meaning;
        rest.remove_prefix(1);
        return;
    }
    const auto form = number_escape(rest.front());
    if (form && parse_number(rest, *form, word)) return;
    word += '\\';
    word += pop_front(rest);
}

/// Removes the first word from `rest`; false when a quote is not closed.
bool parse_word(std::string_view& rest, Escapes escapes, std::string& word) {
    char quote = '\0';
    while (!rest.empty() && (quote != '\0' || !is_one_of(rest.front(), blanks))) {
        const char c = pop_front(rest);
        if (c == '\\' && !rest.empty()) {
            if (escapes == Escapes::c) parse_c_escape(rest, word);
            else word += pop_front(rest);
        } else if (quote == '\0' && is_one_of(c, "'\"")) {
            quote = c;
        } else if (quote != '\0' && c == quote) {
            quote = '\0';
        } else {
            word += c;
        }
    }
    return quote == '\0';
}

/// Reads a file of variables. The syntax is that of assignments in a shell, without expansions.
class EnvironmentReader {
public:
    explicit EnvironmentReader(std::string_view text) : rest_(text) {}

    std::map<std::string, std::string> read() {
        while (!rest_.empty()) {
            rest_ = trimmed_left(rest_);
            if (rest_.empty()) break;
            if (is_one_of(rest_.front(), "#;")) skip_comment();
            else read_one();
        }
        return std::move(variables_);
    }

private:
    void skip_comment() {
        while (!rest_.empty() && !is_one_of(rest_.front(), "\r\n")) {
            if (pop_front(rest_) == '\\' && !rest_.empty()) pop_front(rest_);
        }
    }

    void read_one() {
        const std::size_t end = rest_.find_first_of("=\r\n");
        const std::string name(trimmed_blanks(rest_.substr(0, end)));
        rest_.remove_prefix(std::min(rest_.size(), end));
        if (rest_.empty() || pop_front(rest_) != '=') return;
        variables_[name] = read_value();
    }

    /// Reads to the end of the line. Blanks around the value and between quoted pieces are dropped.
    std::string read_value() {
        std::string value;
        std::size_t kept_size = 0;  // blanks before this position are part of the value
        bool plain = false;         // inside an unquoted piece, where quotes are literal
        while (!rest_.empty() && !is_one_of(rest_.front(), "\r\n")) {
            const char c = pop_front(rest_);
            const bool quote = is_one_of(c, "'\"") && !plain;
            if (quote) read_quoted(c, value);
            else if (c == '\\') read_escaped(value);
            else if (plain || !is_one_of(c, blanks)) value += c;
            plain = !quote && (plain || !is_one_of(c, blanks));
            if (quote || !is_one_of(c, blanks)) kept_size = value.size();
        }
        value.resize(kept_size);
        return value;
    }

    void read_escaped(std::string& value) {
        if (rest_.empty()) return;
        const char c = pop_front(rest_);
        if (!is_one_of(c, "\r\n")) value += c;  // otherwise the line continues
    }

    void read_quoted(char quote, std::string& value) {
        while (!rest_.empty()) {
            const char c = pop_front(rest_);
            if (c == quote) return;
            if (c != '\\' || quote == '\'' || rest_.empty()) {
                value += c;
                continue;
            }
            const char escaped = pop_front(rest_);
            if (escaped == '\n') continue;
            if (!is_one_of(escaped, "\"\\`$")) value += '\\';
            value += escaped;
        }
    }

    std::string_view rest_;
    std::map<std::string, std::string> variables_;
};

bool needs_quotes(std::string_view word) {
    static constexpr std::string_view plain_marks = "_-./:=,@+%${}[]*";
    return word.empty() || !std::all_of(word.begin(), word.end(), [](char c) {
               return std::isalnum(static_cast<unsigned char>(c)) != 0 || is_one_of(c, plain_marks);
           });
}

/// `c` as written within double quotes.
std::string escaped(char c) {
    constexpr std::string_view hex = "0123456789abcdef";
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') return {'\\', c};
    if (code >= 0x20 && code != 0x7F) return {c};
    return {'\\', 'x', hex[code >> 4U], hex[code & 0xFU]};
}

}  // namespace

std::vector<UnitSetting> unit_settings(std::string_view text) {
    std::vector<UnitSetting> settings;
    std::string section;
    for (const std::string& line : logical_lines(text)) {
        const std::string_view content = trimmed_blanks(line);
        if (content.starts_with('[') && content.ends_with(']')) {
            section = content.substr(1, content.size() - 2);
            continue;
        }
        const std::size_t equals = content.find('=');
        if (equals == std::string_view::npos) continue;
        settings.push_back({section, std::string(trimmed_blanks(content.substr(0, equals))),
                            std::string(trimmed_blanks(content.substr(equals + 1)))});
    }
    return settings;
}

Result<std::vector<std::string>> unit_words(std::string_view text, Escapes escapes) {
    std::vector<std::string> words;
    for (text = trimmed_left(text); !text.empty(); text = trimmed_left(text)) {
        std::string word;
        if (!parse_word(text, escapes, word)) {
            return Error(ErrorKind::invalid_input, "a quote is not closed in: " + word);
        }
        words.push_back(std::move(word));
    }
    return words;
}

std::string unit_word(std::string_view word) {
    if (!needs_quotes(word)) return std::string(word);
    std::string quoted = "\"";
    for (const char c : word) quoted += escaped(c);
    return quoted + "\"";
}

std::map<std::string, std::string> environment_file(std::string_view text) {
    return EnvironmentReader(text).read();
}

}  // namespace dockerext::dockerd
