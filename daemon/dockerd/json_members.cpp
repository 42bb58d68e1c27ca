#include "dockerd/json_members.hpp"

#include "base/json_writer.hpp"

#include <algorithm>

namespace dockerext::dockerd {
namespace {

constexpr std::string_view json_blanks = " \t\r\n";

/// Reads the text of valid JSON token by token.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    /// A string, a number, a word, or one of "{}[],:"; "" at the end.
    std::string_view token() {
        rest_.remove_prefix(std::min(rest_.size(), rest_.find_first_not_of(json_blanks)));
        if (rest_.empty()) return rest_;
        return consume(rest_.front() == '"' ? string_size() : plain_size());
    }

    /// A whole value.
    std::string_view value() {
        const std::string_view first = token();
        int depth = first == "{" || first == "[" ? 1 : 0;
        while (depth > 0) {
            const std::string_view next = token();
            if (next == "{" || next == "[") ++depth;
            if (next == "}" || next == "]") --depth;
        }
        return {first.data(), static_cast<std::size_t>(rest_.data() - first.data())};
    }

private:
    std::size_t string_size() const {
        std::size_t end = 1;
        while (rest_[end] != '"') end += rest_[end] == '\\' ? 2 : 1;
        return end + 1;
    }
    std::size_t plain_size() const {
        constexpr std::string_view marks = "{}[],:";
        if (marks.find(rest_.front()) != std::string_view::npos) return 1;
        return std::min(rest_.size(), rest_.find_first_of("{}[],: \t\r\n"));
    }
    std::string_view consume(std::size_t size) {
        const std::string_view token = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return token;
    }

    std::string_view rest_;
};

std::string line(std::string_view indent, std::size_t level) {
    std::string text = "\n";
    for (; level > 0; --level) text += indent;
    return text;
}

bool same_objects(const JsonCursor& one, const JsonCursor& other) {
    const auto members = one.members();
    if (members->size() != other.members()->size()) return false;
    return std::all_of(members->begin(), members->end(), [&](const auto& member) {
        const auto match = other.find(member.first);
        return *match && same_json(member.second, **match);
    });
}

bool same_arrays(const JsonCursor& one, const JsonCursor& other) {
    const auto items = one.items();
    const auto others = other.items();
    return std::equal(items->begin(), items->end(), others->begin(), others->end(), same_json);
}

/// Compares whole numbers by their digits, since a double cannot represent all of them.
bool same_numbers(const JsonCursor& one, const JsonCursor& other) {
    const std::string text = one.text();
    const std::string other_text = other.text();
    const auto whole = [](const std::string& number) {
        return number.find_first_of(".eE") == std::string::npos;
    };
    if (whole(text) && whole(other_text)) return text == other_text;
    return *one.number() == *other.number();
}

}  // namespace

std::vector<JsonMember> members_of(const JsonCursor& object, std::string_view text) {
    std::vector<JsonMember> members;
    Scanner scanner(text);
    scanner.token();  // '{'
    const auto cursors = object.members();
    for (const auto& [key, cursor] : *cursors) {
        const std::string_view key_text = scanner.token();
        scanner.token();  // ':'
        members.push_back({key, key_text, scanner.value()});
        scanner.token();  // ',' or '}'
    }
    return members;
}

std::string indented(std::string_view text, std::string_view indent, unsigned level) {
    std::string out;
    Scanner scanner(text);
    std::string_view before;
    std::size_t depth = level;
    for (std::string_view token = scanner.token(); !token.empty(); token = scanner.token()) {
        const bool opened = before == "{" || before == "[";
        const bool closes = token == "}" || token == "]";
        if (closes) --depth;
        if (opened != closes || before == ",") out += line(indent, depth);
        if (token == "{" || token == "[") ++depth;
        out += token;
        if (token == ":") out += ' ';
        before = token;
    }
    return out;
}

std::string object_text(std::span<const JsonMember> members, std::string_view indent, unsigned level) {
    if (members.empty()) return "{}";
    const std::string member_line = line(indent, level + 1);
    std::string out = "{";
    for (const JsonMember& member : members) {
        if (out.size() > 1) out += ',';
        out.append(member_line).append(member.key_text).append(": ").append(member.text);
    }
    out.append(line(indent, level)).append("}");
    return out;
}

std::string quoted(std::string_view text) {
    JsonWriter json;
    json.text(text);
    return json.take();
}

bool same_json(const JsonCursor& one, const JsonCursor& other) {
    if (one.type() != other.type()) return false;
    switch (one.type()) {
    case JsonType::null: return true;
    case JsonType::boolean: return *one.boolean() == *other.boolean();
    case JsonType::number: return same_numbers(one, other);
    case JsonType::string: return *one.string() == *other.string();
    case JsonType::array: return same_arrays(one, other);
    case JsonType::object: return same_objects(one, other);
    }
    return false;
}

}  // namespace dockerext::dockerd
