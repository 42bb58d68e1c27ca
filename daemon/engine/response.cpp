#include "engine/response.hpp"

#include "engine/plain_message.hpp"

#include <algorithm>

namespace dockerext::engine {
namespace {

constexpr JsonLimits response_limits{std::size_t{64} << 20, 128};
constexpr std::size_t longest_foreign_text = 300;

ErrorKind kind_of(unsigned status) {
    if (status == 404) return ErrorKind::not_found;
    if (status == 409) return ErrorKind::conflict;
    if (status >= 300 && status < 500 && status != 429) return ErrorKind::invalid_input;
    return ErrorKind::unavailable;
}

/// The engine's {"message": …}, or whatever a proxy in between has sent.
std::string message_of(std::string_view body, const Redactor& redact) {
    if (const auto json = parse_json(body)) {
        const std::string message = string_in(json->root(), "message");
        if (!message.empty()) return plain_message(on_one_line(message), redact);
    }
    return plain_message(on_one_line(std::string(body)), redact).substr(0, longest_foreign_text);
}

std::string without_nul_escapes(std::string_view text) {
    constexpr std::string_view nul = "\\u0000";
    std::string clean;
    while (!text.empty()) {
        const auto backslash = text.find('\\');
        clean += text.substr(0, backslash);
        if (backslash == std::string_view::npos) break;
        text.remove_prefix(backslash);
        const bool is_nul = text.starts_with(nul);
        clean += is_nul ? std::string_view("\\ufffd") : text.substr(0, 2);
        text.remove_prefix(std::min(is_nul ? nul.size() : 2, text.size()));
    }
    return clean;
}

std::optional<JsonCursor> member(const JsonCursor& object, std::string_view key, JsonType type) {
    if (!object.is(JsonType::object)) return {};
    const auto found = object.find(key).value();
    return found && found->is(type) ? found : std::nullopt;
}

}  // namespace

std::string on_one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    std::replace(text.begin(), text.end(), '\r', ' ');
    const auto end = text.find_last_not_of(' ');
    text.erase(end == std::string::npos ? 0 : end + 1);
    return text;
}

Error redacted(const Error& error, const Redactor& redact) { return {error.kind(), redact(error.message())}; }

Error response_error(unsigned status, std::string_view body, const Redactor& redact) {
    std::string message = message_of(body, redact);
    if (message.empty()) message = "the engine gave no reason";
    return {kind_of(status), message + " (" + std::to_string(status) + ")"};
}

Result<JsonDocument> parse_json(std::string_view text) {
    const bool has_nul = text.find("\\u0000") != std::string_view::npos;
    auto document = has_nul
                        ? JsonDocument::parse(without_nul_escapes(text), JsonDialect::strict, response_limits)
                        : JsonDocument::parse(text, JsonDialect::strict, response_limits);
    if (document) return document;
    return Error(ErrorKind::unavailable, document.error().message())
        .within("the engine's answer is not JSON");
}

Result<std::string> id_in(std::string_view text) {
    const auto json = parse_json(text);
    if (!json) return json.error();
    std::string id = string_in(json->root(), "Id");
    if (id.empty()) return Error(ErrorKind::unavailable, "the engine's answer has no Id");
    return id;
}

/// "error" is older than "errorDetail", and still sent.
std::string failure_in(const JsonCursor& line, const Redactor& redact) {
    const auto detail = object_in(line, "errorDetail");
    const std::string message = detail ? string_in(*detail, "message") : std::string();
    return plain_message(message.empty() ? string_in(line, "error") : message, redact);
}

std::string string_in(const JsonCursor& object, std::string_view key) {
    const auto found = member(object, key, JsonType::string);
    return found ? found->string().value() : std::string();
}

bool boolean_in(const JsonCursor& object, std::string_view key) {
    const auto found = member(object, key, JsonType::boolean);
    return found && found->boolean().value();
}

std::int64_t integer_in(const JsonCursor& object, std::string_view key) {
    const auto found = member(object, key, JsonType::number);
    if (!found) return 0;
    const auto value = found->integer();
    return value ? *value : 0;
}

std::vector<std::string> strings_in(const JsonCursor& object, std::string_view key) {
    std::vector<std::string> all;
    const auto array = member(object, key, JsonType::array);
    if (!array) return all;
    for (const JsonCursor& item : array->items().value()) {
        if (auto text = item.string()) all.push_back(std::move(*text));
    }
    return all;
}

std::map<std::string, std::string> string_map_in(const JsonCursor& object, std::string_view key) {
    std::map<std::string, std::string> all;
    const auto map = object_in(object, key);
    if (!map) return all;
    for (const auto& [name, value] : map->members().value()) {
        if (auto text = value.string()) all.emplace(name, std::move(*text));
    }
    return all;
}

std::optional<JsonCursor> object_in(const JsonCursor& object, std::string_view key) {
    return member(object, key, JsonType::object);
}

}  // namespace dockerext::engine
