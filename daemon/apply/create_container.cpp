#include "apply/create_container.hpp"

#include "apply/bodies.hpp"
#include "base/json_document.hpp"
#include "engine/containers.hpp"
#include "model/ownership.hpp"

#include <algorithm>

namespace dockerext::apply {
namespace {

bool has_label(const JsonCursor& labels, const std::string& key, const std::string& value) {
    const auto member = labels.find(key);
    if (!member || !*member) return false;
    const auto text = (*member)->string();
    return text && *text == value;
}

/// The image may add further labels. But if all requested labels may come from the image, the container may
/// belong to somebody else.
Result<model::ContainerId> id_if_labelled(const JsonCursor& inspect,
                                          const std::map<std::string, std::string>& requested) {
    const auto config = inspect.at("Config");
    if (!config) return config.error();
    const auto labels = config->at("Labels");
    if (!labels) return labels.error();
    const bool all = std::all_of(requested.begin(), requested.end(), [&](const auto& label) {
        return has_label(*labels, label.first, label.second);
    });
    if (!all) return labels->problem("these are not the labels of the requested container");
    const auto image = inspect.at("Image");
    if (!image) return image.error();
    const auto made_from = image->string();
    if (!made_from) return made_from.error();
    if (!model::proves_claim(requested, {*made_from}))
        return image->problem("this is not the requested image");
    const auto id = inspect.at("Id");
    if (!id) return id.error();
    const auto text = id->string();
    if (!text) return text.error();
    return model::ContainerId{*text};
}

}  // namespace

Task<Result<model::ContainerId>> create_container(engine::Client& client,
                                                  const model::CreateContainer& create) {
    const std::string body = create_container_body(create.spec, client.api());
    const auto created =
        co_await engine::create_container(client, create.name.value, body, create.spec.platform);
    if (created) co_return model::ContainerId{*created};
    const ErrorKind kind = created.error().kind();
    const bool can_exist =
        kind == ErrorKind::timeout || kind == ErrorKind::unavailable || kind == ErrorKind::conflict;
    if (!can_exist) co_return created.error();
    const auto existing = co_await engine::inspect_container(client, create.name.value);
    if (!existing) co_return created.error();
    const auto id = id_if_labelled(existing->root(), create.spec.labels);
    if (!id) co_return created.error();
    co_return *id;
}

}  // namespace dockerext::apply
