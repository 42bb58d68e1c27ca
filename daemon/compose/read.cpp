#include "compose/read.hpp"

#include "compose/duration.hpp"
#include "compose/scalar.hpp"

#include <charconv>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

namespace dockerext::compose {
namespace {

std::optional<bool> boolean_of(const Node& node, Diagnostics& diagnostics) {
    if (const bool* plain = std::get_if<bool>(&node.value)) return *plain;
    if (!node.text()) {
        diagnostics.expected(node, "boolean");
        return std::nullopt;
    }
    const std::string word = lower(*node.text());
    if (word == "true" || word == "false") return word == "true";
    const bool yes = word == "y" || word == "yes" || word == "on";
    if (yes || word == "n" || word == "no" || word == "off") {
        diagnostics.warn(node, "'" + *node.text() + "' for a boolean: write " + (yes ? "true" : "false"));
        return yes;
    }
    diagnostics.problem(node, "expected true or false, found '" + *node.text() + "'");
    return std::nullopt;
}

std::optional<std::int64_t> integer_of(const Node& node, Diagnostics& diagnostics) {
    if (const auto* whole = std::get_if<std::int64_t>(&node.value)) return *whole;
    const auto* number = std::get_if<double>(&node.value);
    if (number && *number == std::floor(*number) && std::abs(*number) < 0x1p63) {
        return static_cast<std::int64_t>(*number);
    }
    if (number) {
        diagnostics.problem(node, "expected integer, found " + go_text(*number));
        return std::nullopt;
    }
    if (!node.text()) {
        diagnostics.expected(node, "integer");
        return std::nullopt;
    }
    const auto parsed = parse_integer(*node.text());
    if (!parsed) diagnostics.problem(node, "expected integer, found '" + *node.text() + "'");
    return parsed;
}

/// The text up to its "=", if any.
std::string_view key_of(std::string_view text) { return text.substr(0, text.find('=')); }

void read_pair(const Node& item, OptionalStringMap& into, Diagnostics& diagnostics) {
    if (!item.text()) return diagnostics.expected(item, "string KEY=VALUE");
    const std::string& text = *item.text();
    const std::string key(key_of(text));
    if (key.size() == text.size()) into[key] = std::nullopt;
    else into[key] = text.substr(key.size() + 1);
}

void check_blank(const Node& item, Diagnostics& diagnostics) {
    constexpr std::string_view blanks = " \t\n\v\f\r";
    const std::string_view name = item.text() ? key_of(*item.text()) : std::string_view();
    if (!name.empty() && blanks.find(name.back()) != std::string_view::npos)
        diagnostics.problem(item, "the variable's name ends with a blank: '" + std::string(name) + "'");
}

void read_option(const std::string& key, const Node& value, StringMap& into, Diagnostics& diagnostics) {
    const auto text = std::holds_alternative<bool>(value.value) ? std::nullopt : scalar_text(value);
    if (text) into[key] = *text;
    else diagnostics.expected(value, "string or number");
}

}  // namespace

const Node::Map* expect_map(const Node& node, Diagnostics& diagnostics) {
    if (!node.map()) diagnostics.expected(node, "map");
    return node.map();
}

const Node::List* expect_list(const Node& node, Diagnostics& diagnostics) {
    if (!node.list()) diagnostics.expected(node, "list");
    return node.list();
}

void read(const Node& node, std::string& into, Diagnostics& diagnostics) {
    if (node.text()) into = *node.text();
    else diagnostics.expected(node, "string");
}

void read(const Node& node, bool& into, Diagnostics& diagnostics) {
    into = boolean_of(node, diagnostics).value_or(into);
}

void read(const Node& node, std::optional<bool>& into, Diagnostics& diagnostics) {
    if (const auto boolean_value = boolean_of(node, diagnostics)) into = boolean_value;
}

void read(const Node& node, std::int64_t& into, Diagnostics& diagnostics) {
    into = integer_of(node, diagnostics).value_or(into);
}

void read(const Node& node, std::optional<std::int64_t>& into, Diagnostics& diagnostics) {
    if (const auto whole = integer_of(node, diagnostics)) into = whole;
}

void read(const Node& node, float& into, Diagnostics& diagnostics) {
    const auto text = std::holds_alternative<bool>(node.value) ? std::nullopt : scalar_text(node);
    if (!text) return diagnostics.expected(node, "number");
    float number = 0;
    const auto parsed = std::from_chars(text->data(), text->data() + text->size(), number);
    const bool is_whole = parsed.ec == std::errc() && parsed.ptr == text->data() + text->size();
    if (!is_whole || !std::isfinite(number))
        return diagnostics.problem(node, "expected number, found '" + *text + "'");
    into = number;
}

void read_cpus(const Node& node, float& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    if (!(into >= 0 && into <= 1e6F)) diagnostics.problem(node, "expected a number of CPUs, 0 or more");
}

void read(const Node& node, std::optional<std::chrono::nanoseconds>& into, Diagnostics& diagnostics) {
    if (!node.text()) return diagnostics.expected(node, "string with a unit, as in \"10s\"");
    const auto duration = parse_duration(*node.text());
    if (duration) into = *duration;
    else diagnostics.problem(node, duration.error().message());
}

void read(const Node& node, model::Bytes& into, Diagnostics& diagnostics) {
    if (const auto* whole = std::get_if<std::int64_t>(&node.value)) {
        into.count = *whole;
        return;
    }
    if (!node.text()) return diagnostics.expected(node, "whole number of bytes, or string as in \"64m\"");
    const auto bytes = parse_bytes(*node.text());
    if (bytes) into = *bytes;
    else diagnostics.problem(node, bytes.error().message());
}

void read(const Node& node, std::vector<std::string>& into, Diagnostics& diagnostics) {
    const Node::List* list = expect_list(node, diagnostics);
    if (!list) return;
    std::unordered_set<std::string_view> seen;
    for (const Node& item : *list) {
        if (!item.text()) diagnostics.expected(item, "string");
        else if (!seen.insert(*item.text()).second)
            diagnostics.problem(item, "'" + *item.text() + "' is listed twice");
        else into.push_back(*item.text());
    }
}

void read_keyed(const Node& node, std::vector<std::string>& into, Diagnostics& diagnostics) {
    const Node::List* list = expect_list(node, diagnostics);
    if (!list) return;
    std::unordered_map<std::string_view, std::size_t> places;
    for (const Node& item : *list) {
        if (!item.text()) {
            diagnostics.expected(item, "string");
            continue;
        }
        const auto [place, is_new] = places.emplace(key_of(*item.text()), into.size());
        if (is_new) into.push_back(*item.text());
        else into[place->second] = *item.text();
    }
}

void read_one_or_more(const Node& node, std::vector<std::string>& into, Diagnostics& diagnostics) {
    if (node.text()) into.push_back(*node.text());
    else if (node.list()) read_keyed(node, into, diagnostics);
    else diagnostics.expected(node, "string or list");
}

void read(const Node& node, OptionalStringMap& into, Diagnostics& diagnostics) {
    if (node.list()) {
        for (const Node& item : *node.list()) read_pair(item, into, diagnostics);
        return;
    }
    if (!node.map()) return diagnostics.expected(node, "map or list");
    for (const auto& [key, value] : *node.map()) {
        const auto text = scalar_text(value);
        if (key.empty()) diagnostics.problem(value, "a key must not be empty");
        else if (text || value.is_null()) into[key] = text;
        else diagnostics.expected(value, "string, number, boolean or null");
    }
}

void read_variables(const Node& node, OptionalStringMap& into, Diagnostics& diagnostics) {
    if (node.list()) {
        for (const Node& item : *node.list()) check_blank(item, diagnostics);
    }
    read(node, into, diagnostics);
}

void read(const Node& node, StringMap& into, Diagnostics& diagnostics) {
    OptionalStringMap texts;
    read(node, texts, diagnostics);
    for (auto& [key, value] : texts) into[key] = std::move(value).value_or("");
}

void read_options(const Node& node, StringMap& into, Diagnostics& diagnostics) {
    const Node::Map* map = expect_map(node, diagnostics);
    if (!map) return;
    for (const auto& [key, value] : *map) read_option(key, value, into, diagnostics);
}

void read_options_or_null(const Node& node, StringMap& into, Diagnostics& diagnostics) {
    const Node::Map* map = expect_map(node, diagnostics);
    if (!map) return;
    for (const auto& [key, value] : *map) {
        if (value.is_null()) into[key] = "";
        else read_option(key, value, into, diagnostics);
    }
}

}  // namespace dockerext::compose
