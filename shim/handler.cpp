#include "shim/handler.hpp"

#include "base/json_document.hpp"
#include "base/regular_file.hpp"

#include <thread>
#include <utility>

namespace dockerext::shim {
namespace {

constexpr std::size_t file_limit = std::size_t{64} << 10;
constexpr std::chrono::milliseconds environment_pause{100};

Read<JsonCursor> first_of(const JsonCursor& root) {
    const auto items = root.items();
    if (!items) return items.error();
    if (items->empty()) return root.problem("an empty list");
    return items->front();
}

Result<std::filesystem::path> folder_at(const JsonCursor& object, std::string_view key) {
    const auto member = object.at(key);
    if (!member) return member.error();
    const auto text = member->string();
    if (!text) return text.error();
    if (!text->starts_with('/')) return member->problem("not an absolute path");
    return std::filesystem::path(*text);
}

Result<HandlerEnvironment> parse(std::string_view text) {
    const auto document = JsonDocument::parse(text);
    if (!document) return document.error();
    const auto first = first_of(document->root());
    if (!first) return first.error();
    const auto object = first->at("handlerEnvironment");
    if (!object) return object.error();
    auto config = folder_at(*object, "configFolder");
    if (!config) return config.error();
    auto status = folder_at(*object, "statusFolder");
    if (!status) return status.error();
    return HandlerEnvironment{std::move(*config), std::move(*status)};
}

Result<HandlerEnvironment> read_once(const std::filesystem::path& path) {
    const auto text = read_regular(path, file_limit);
    if (!text) return text.error();
    return parse(*text);
}

}  // namespace

Handler::Handler(std::filesystem::path own_folder) : folder(std::move(own_folder)) {
    const std::string own = folder.filename().string();
    const auto dash = own.rfind('-');
    if (dash != std::string::npos) version = own.substr(dash + 1);
}

Result<HandlerEnvironment> read_environment(const Handler& handler, std::chrono::milliseconds max_wait) {
    const std::filesystem::path path = handler.folder / "HandlerEnvironment.json";
    auto environment = read_once(path);
    for (auto waited = environment_pause; !environment && waited <= max_wait; waited += environment_pause) {
        std::this_thread::sleep_for(environment_pause);
        environment = read_once(path);
    }
    if (environment) return environment;
    return environment.error().within("read '" + path.string() + "' (restart the Azure agent to rewrite it)");
}

HandlerEnvironment default_environment(const Handler& handler) {
    return {handler.folder / "config", handler.folder / "status"};
}

}  // namespace dockerext::shim
