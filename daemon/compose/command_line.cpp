#include "compose/command_line.hpp"

#include <utility>

namespace dockerext::compose {
namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view shell_operators = ";&|<>";

class Splitter {
public:
    explicit Splitter(std::string_view text) : text_(text) {}

    Result<CommandLine> run() {
        for (at_ = 0; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (within_ == Within::nothing && shell_operators.find(c) != std::string_view::npos && !escaped_)
                return stop(c);
            if (!consume(c)) return invalid("a parenthesis must be quoted");
        }
        if (escaped_) return invalid("it ends with a backslash");
        if (within_ != Within::nothing) return invalid("a quote or parenthesis is not closed");
        finish_word();
        return std::move(line_);
    }

private:
    enum class Within { nothing, single_quotes, double_quotes, backquotes, parentheses };

    /// False when the character is not allowed here.
    bool consume(char c) {
        if (escaped_) {
            escaped_ = false;
            add(c);
        } else if (c == '\\' && within_ != Within::single_quotes) {
            escaped_ = true;
        } else if (within_ == Within::nothing && blanks.find(c) != std::string_view::npos) {
            finish_word();
        } else if (c == '(') {
            return open_parenthesis();
        } else {
            quote_or_add(c);
        }
        return true;
    }

    bool open_parenthesis() {
        const bool quoted = within_ == Within::single_quotes || within_ == Within::double_quotes ||
                            within_ == Within::backquotes;
        const bool substitution = within_ == Within::nothing && word_.ends_with('$');
        if (!quoted && !substitution) return false;
        if (substitution) within_ = Within::parentheses;
        add('(');
        return true;
    }

    void quote_or_add(char c) {
        switch (c) {
        case '\'': return toggle(Within::single_quotes, c);
        case '"': return toggle(Within::double_quotes, c);
        case '`': return toggle(Within::backquotes, c);
        case ')': return toggle(Within::parentheses, c);
        default: return add(c);
        }
    }

    /// Quotes are removed and begin a word, even an empty one. Backquotes and parentheses stay in the word.
    void toggle(Within kind, char c) {
        const bool keeps_delimiter = kind == Within::backquotes || kind == Within::parentheses;
        if (within_ != Within::nothing && within_ != kind) return add(c);
        within_ = within_ == kind ? Within::nothing : kind;
        in_word_ = true;
        if (keeps_delimiter) word_ += c;
    }

    Result<CommandLine> stop(char c) {
        const bool descriptor = c == '>' && !word_.empty() && word_.front() >= '0' && word_.front() <= '9';
        if (!descriptor) finish_word();  // the 2 of 2>&1 belongs to the dropped text
        line_.ignored = text_.substr(at_);
        return std::move(line_);
    }

    void add(char c) {
        word_ += c;
        in_word_ = true;
    }

    void finish_word() {
        if (in_word_) line_.words.push_back(std::exchange(word_, {}));
        in_word_ = false;
    }

    Error invalid(std::string_view why) const {
        return {ErrorKind::invalid_input, "invalid command line: " + std::string(why)};
    }

    std::string_view text_;
    std::size_t at_ = 0;
    CommandLine line_;
    std::string word_;
    bool in_word_ = false;
    bool escaped_ = false;
    Within within_ = Within::nothing;
};

}  // namespace

Result<CommandLine> split_command(std::string_view text) { return Splitter(text).run(); }

}  // namespace dockerext::compose
