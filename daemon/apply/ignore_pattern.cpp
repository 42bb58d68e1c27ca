#include "apply/ignore_pattern.hpp"

#include "base/utf8.hpp"

#include <algorithm>

namespace dockerext::apply {
namespace {

constexpr char32_t separator = U'/';
constexpr char32_t stray_bytes = 0xDC00;  ///< surrogates, which valid UTF-8 never encodes

Error malformed(std::string what) { return {ErrorKind::invalid_input, std::move(what)}; }

}  // namespace

std::u32string characters_of(std::string_view path) {
    std::u32string characters;
    characters.reserve(path.size());
    while (!path.empty()) {
        const auto first = static_cast<unsigned char>(path.front());
        characters += next_code_point(path).value_or(stray_bytes + first);
    }
    return characters;
}

bool IgnorePattern::Part::can_be_empty() const {
    return kind == Kind::within_name || kind == Kind::folders || kind == Kind::anything;
}

bool IgnorePattern::Part::matches(char32_t c) const {
    if (kind == Kind::one_of_name || kind == Kind::within_name) return c != separator;
    if (kind == Kind::folders || kind == Kind::anything) return true;
    const auto holds = [&](const Range& range) { return range.first <= c && c <= range.second; };
    return std::any_of(ranges.begin(), ranges.end(), holds) != negated;
}

class IgnorePattern::Parser {
public:
    explicit Parser(std::string_view text) : text_(characters_of(text)) {}

    Result<std::vector<Part>> parse() {
        while (at_ < text_.size()) {
            if (auto parsed = parse_part(); !parsed) return parsed.error();
        }
        return std::move(parts_);
    }

private:
    using Kind = Part::Kind;

    bool consume(char32_t c) {
        const bool there = at_ < text_.size() && text_[at_] == c;
        if (there) ++at_;
        return there;
    }

    Result<> parse_part() {
        if (consume(U'*')) {
            parts_.push_back({consume(U'*') ? kind_of_folders() : Kind::within_name});
        } else if (consume(U'?')) {
            parts_.push_back({Kind::one_of_name});
        } else if (consume(U'[')) {
            return parse_set();
        } else {
            const auto c = parse_character();
            if (!c) return c.error();
            parts_.push_back({Kind::character, {{*c, *c}}});
        }
        return {};
    }

    /// "**name" at the start matches any path that ends so; but not if the name contains another wildcard,
    /// because moby then uses a different code path.
    Kind kind_of_folders() {
        const bool whole = consume(separator);
        if (at_ == text_.size()) return Kind::anything;
        const bool plain = text_.find_first_of(U"*?[]\\", at_) == std::u32string::npos;
        return parts_.empty() && !whole && plain ? Kind::anything : Kind::folders;
    }

    Result<char32_t> parse_character() {
        (void)consume(U'\\');
        if (at_ == text_.size()) return malformed("ends with '\\'");
        return text_[at_++];
    }

    Result<> parse_set() {
        Part set{Kind::set};
        set.negated = consume(U'^');
        do {
            const auto range = parse_range();
            if (!range) return range.error();
            set.ranges.push_back(*range);
        } while (!consume(U']'));
        parts_.push_back(std::move(set));
        return {};
    }

    Result<Range> parse_range() {
        const auto low = parse_member();
        if (!low) return low.error();
        const auto high = consume(U'-') ? parse_member() : low;
        if (!high) return high.error();
        if (*high < *low) return malformed("has a reversed range in '[…]'");
        return Range(*low, *high);
    }

    Result<char32_t> parse_member() {
        if (at_ == text_.size()) return malformed("has a '[' without a ']'");
        if (text_[at_] == U'-' || text_[at_] == U']')
            return malformed("has an unescaped '-' or ']' in '[…]'; write '\\' before it");
        return parse_character();
    }

    const std::u32string text_;
    std::size_t at_ = 0;
    std::vector<Part> parts_;
};

/// Tracks all positions in the pattern that the path read so far can have reached.
class IgnorePattern::Match {
public:
    explicit Match(const std::vector<Part>& parts)
        : parts_(parts), now_(parts.size() + 1, none), next_(now_) {
        now_[0] = entered;
        skip_empty_parts(now_);
    }

    bool is_complete() const { return now_.back() != none; }
    bool has_failed() const { return end_ == 0; }

    void consume(char32_t c) {
        std::fill(next_.begin(), next_.end(), none);
        for (std::size_t at = begin_; at < end_ && at < parts_.size(); ++at) {
            if (now_[at] != none && parts_[at].matches(c)) step(at, c);
        }
        skip_empty_parts(next_);
        now_.swap(next_);
    }

private:
    /// A part that has been entered may match nothing; one that has begun must be completed.
    enum Mark : unsigned char { none, begun, entered };

    void step(std::size_t at, char32_t c) {
        const Part& part = parts_[at];
        if (part.kind == Part::Kind::folders) {
            next_[at] = std::max(next_[at], begun);
            if (c == separator) next_[at + 1] = entered;
        } else {
            next_[at + (part.can_be_empty() ? 0 : 1)] = entered;
        }
    }

    void skip_empty_parts(std::vector<Mark>& marks) {
        begin_ = marks.size();
        end_ = 0;
        for (std::size_t at = 0; at < marks.size(); ++at) {
            if (marks[at] == none) continue;
            begin_ = std::min(begin_, at);
            end_ = at + 1;
            if (marks[at] == entered && at < parts_.size() && parts_[at].can_be_empty())
                marks[at + 1] = entered;
        }
    }

    const std::vector<Part>& parts_;
    std::vector<Mark> now_, next_;
    std::size_t begin_ = 0, end_ = 0;  ///< range of the marks that are set
};

Result<IgnorePattern> IgnorePattern::parse(std::string_view text) {
    auto parts = Parser(text).parse();
    if (!parts) return parts.error();
    IgnorePattern pattern;
    pattern.parts_ = std::move(*parts);
    return pattern;
}

IgnorePattern IgnorePattern::exactly(std::string_view path) {
    IgnorePattern pattern;
    for (const char32_t c : characters_of(path)) pattern.parts_.push_back({Part::Kind::character, {{c, c}}});
    return pattern;
}

bool IgnorePattern::covers(const std::u32string& path) const {
    Match match(parts_);
    for (const char32_t c : path) {
        if (c == separator && match.is_complete()) return true;
        match.consume(c);
        if (match.has_failed()) return false;
    }
    return match.is_complete();
}

}  // namespace dockerext::apply
