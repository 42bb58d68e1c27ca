#include "engine/images.hpp"

#include "base/url.hpp"
#include "engine/answer.hpp"
#include "engine/exchange.hpp"

namespace dockerext::engine {
namespace {

/// Docker's placeholder for an image without a name.
bool is_nameless(std::string_view ref) { return ref.starts_with("<none>") || ref.ends_with("<none>"); }

Result<std::map<std::string, std::string>> references_in(const JsonDocument& list) {
    const auto items = list.root().items();
    if (!items) return Error(ErrorKind::unavailable, to_text(items.error()));
    std::map<std::string, std::string> ids;
    for (const JsonCursor& image : *items) {
        const std::string id = string_in(image, "Id");
        for (const std::string_view key : {"RepoTags", "RepoDigests"}) {
            for (const std::string& ref : strings_in(image, key)) {
                if (!is_nameless(ref)) ids.emplace(ref, id);
            }
        }
    }
    return ids;
}

}  // namespace

Task<Result<JsonDocument>> inspect_image(Client& client, std::string ref) {
    HttpRequest request{"GET", "/images/" + percent_encoded(ref) + "/json", {}, {}};
    return ask(client, std::move(request), "inspect image " + ref);
}

Task<Result<std::map<std::string, std::string>>> list_images(Client& client) {
    HttpRequest request{"GET", "/images/json?digests=1", {}, {}};
    const auto list = co_await ask(client, std::move(request), "list images");
    if (!list) co_return list.error();
    auto ids = references_in(*list);
    if (!ids) co_return ids.error().within("list images");
    co_return ids;
}

}  // namespace dockerext::engine
