#include "settings/handler_settings.hpp"

#include "base/json_document.hpp"
#include "base/json_reader.hpp"

#include <algorithm>
#include <cctype>

namespace dockerext::settings {
namespace {

// Room for both documents at their largest, one of them in base64, and for the four levels around them.
constexpr JsonLimits limits{.bytes = std::size_t{4} << 20, .depth = 68};

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

Error settings_file_error(std::string_view complaint) {
    return {ErrorKind::invalid_input, "the agent's settings file: " + std::string(complaint)};
}

/// The first element of an array, which may be absent or empty.
std::optional<JsonCursor> first_element(ObjectReader& reader, std::string_view key, Problems& problems) {
    const auto array = reader.take(key);
    if (!array) return std::nullopt;
    auto items = array->items();
    if (!items) return problems.add(items.error()), std::nullopt;
    if (items->empty()) return std::nullopt;
    return items->front();
}

std::string public_text(ObjectReader& reader, Problems& problems) {
    const auto member = reader.take("publicSettings");
    if (!member) return "";
    if (member->is(JsonType::object)) return member->text();
    return problems.add(member->expected("object")), "";
}

/// Thumbprints are also names of files, in upper case.
std::string upper_hex(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    const bool is_hex = text.find_first_not_of("0123456789ABCDEF") == std::string::npos;
    return is_hex ? text : "";
}

}  // namespace

/// Ignores other members, which are for the agent.
Result<HandlerSettings> read_handler_settings(std::string_view text) {
    if (is_blank(text)) return HandlerSettings{};
    const auto document = JsonDocument::parse(text, JsonDialect::strict, limits);
    if (!document) return settings_file_error(document.error().message());
    Problems problems;
    ObjectReader file(document->root(), problems);
    HandlerSettings settings;
    bool found = false;
    if (const auto runtime = first_element(file, "runtimeSettings", problems)) {
        ObjectReader element(*runtime, problems);
        if (const auto member = element.take("handlerSettings")) {
            found = true;
            ObjectReader reader(*member, problems);
            settings.public_settings = public_text(reader, problems);
            settings.protected_settings = reader.string("protectedSettings").value_or("");
            settings.thumbprint = upper_hex(reader.string("protectedSettingsCertThumbprint").value_or(""));
        }
    }
    if (!problems.empty()) return settings_file_error(to_text(problems.all()));
    if (!found)
        return settings_file_error(
            "/runtimeSettings/0/handlerSettings is missing");  // unlike empty settings, which are valid
    if (!settings.protected_settings.empty() && settings.thumbprint.empty())
        return settings_file_error("protectedSettingsCertThumbprint is missing or not a hexadecimal number");
    return settings;
}

}  // namespace dockerext::settings
