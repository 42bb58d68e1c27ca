#include "plan/stack_spec.hpp"

#include "base/json_merge.hpp"
#include "base/json_writer.hpp"
#include "model/image_reference.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

namespace dockerext::plan {

using namespace model;

namespace {

std::optional<JsonCursor> find(const JsonCursor& root, const std::vector<std::string_view>& path) {
    JsonCursor at = root;
    for (const std::string_view key : path) {
        const auto member = at.find(key);
        if (!member || !*member || (*member)->is(JsonType::null)) return std::nullopt;
        at = **member;
    }
    return at;
}

std::string text_at(const JsonCursor& root, const std::vector<std::string_view>& path) {
    const auto found = find(root, path);
    const auto text = found ? found->string() : Read<std::string>(std::string());
    return text ? *text : "";
}

std::string without_digest(const std::string& image) { return image.substr(0, image.find('@')); }

/// The digest of the present one may have been found for the reference as written.
bool is_same_reference(const std::string& present, const std::string& written) {
    const bool is_pinned = written.find('@') != std::string::npos;
    return familiar_image(is_pinned ? present : without_digest(present)) == familiar_image(written);
}

void write_files(JsonWriter& json, const StackService& service, const FileIds& ids, StackFileKind kind) {
    const bool is_config = kind == StackFileKind::config;
    json.begin_array(is_config ? "Configs" : "Secrets");
    for (const StackFileUse& use : service.files) {
        if (use.kind != kind) continue;
        const auto& [name, id] = ids.at({kind, use.name});
        json.begin_object();
        json.begin_object("File");
        json.text("Name", use.target);
        json.text("UID", use.uid);
        json.text("GID", use.gid);
        json.number("Mode", std::uint64_t{use.mode});
        json.end_object();
        json.text(is_config ? "ConfigID" : "SecretID", id);
        json.text(is_config ? "ConfigName" : "SecretName", name);
        json.end_object();
    }
    json.end_array();
}

std::vector<JsonCursor> items_at(const JsonCursor& root, const std::vector<std::string_view>& path) {
    const auto found = find(root, path);
    const auto items = found ? found->items() : Read<std::vector<JsonCursor>>(std::vector<JsonCursor>());
    return items ? *items : std::vector<JsonCursor>();
}

/// The networks of a service that only nodes have ("host"): the engine shows them with ids that no list has.
std::vector<std::string> unlisted_networks(const JsonCursor& spec, const NetworkIds& ids) {
    std::vector<std::string> networks = networks_of(spec);
    std::erase_if(networks, [&](const std::string& network) {
        return std::any_of(ids.begin(), ids.end(), [&](const auto& each) { return each.second == network; });
    });
    return networks;
}

/// `unlisted` are those of the present spec, in the same order.
void write_networks(JsonWriter& json, const JsonCursor& spec, const NetworkIds& ids,
                    const std::vector<std::string>& unlisted) {
    if (!find(spec, {"TaskTemplate", "Networks"})) return;
    std::size_t next = 0;
    json.begin_array("Networks");
    for (const JsonCursor& item : items_at(spec, {"TaskTemplate", "Networks"})) {
        const std::string name = text_at(item, {"Target"});
        const auto id = ids.find(name);
        const bool has_id = id != ids.end();
        json.begin_object();
        json.text("Target", has_id ? id->second : next < unlisted.size() ? unlisted[next] : name);
        if (!has_id) ++next;
        json.begin_array("Aliases");
        for (const JsonCursor& alias : items_at(item, {"Aliases"}))
            if (const auto text = alias.string()) json.text(*text);
        json.end_array();
        if (const auto options = find(item, {"DriverOpts"})) {
            json.begin_object("DriverOpts");
            const auto members = options->members();
            if (members) {
                for (const auto& [key, value] : *members)
                    json.text(key, value.string() ? *value.string() : "");
            }
            json.end_object();
        }
        json.end_object();
    }
    json.end_array();
}

void write_platforms(JsonWriter& json, const JsonCursor& present) {
    const auto platforms = items_at(present, {"TaskTemplate", "Placement", "Platforms"});
    if (platforms.empty()) return;
    json.begin_object("Placement");
    json.begin_array("Platforms");
    for (const JsonCursor& item : platforms) {
        json.begin_object();
        for (const std::string_view key : {"Architecture", "OS"}) {
            if (const std::string text = text_at(item, {key}); !text.empty()) json.text(key, text);
        }
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

/// A lower number than the present one would start all tasks again.
void write_force_update(JsonWriter& json, const JsonCursor& present) {
    const auto count = find(present, {"TaskTemplate", "ForceUpdate"});
    const auto number = count ? count->integer() : Read<std::int64_t>(0);
    if (number && *number > 0) json.number("ForceUpdate", *number);
}

bool has_image(const JsonCursor& present, const StackService& service) {
    const std::string label(labels::stack_image);
    return text_at(present, {"Labels", label}) == service.image.value &&
           is_same_reference(text_at(present, {"TaskTemplate", "ContainerSpec", "Image"}),
                             service.image.value);
}

}  // namespace

JsonDocument parse_spec(const std::string& spec) {
    return JsonDocument::parse(spec, JsonDialect::strict, {.bytes = 16U << 20, .depth = 64}).value();
}

std::vector<std::string> networks_of(const JsonCursor& spec) {
    std::vector<std::string> networks;
    for (const JsonCursor& item : items_at(spec, {"TaskTemplate", "Networks"}))
        networks.push_back(text_at(item, {"Target"}));
    return networks;
}

CompleteService complete_service(const StackService& service, const JsonCursor& wanted, const FileIds& files,
                                 const NetworkIds& networks, const JsonCursor* present) {
    const bool keeps_image = present != nullptr && has_image(*present, service);
    JsonWriter patch;
    patch.begin_object();
    patch.begin_object("TaskTemplate");
    patch.begin_object("ContainerSpec");
    if (keeps_image) patch.text("Image", text_at(*present, {"TaskTemplate", "ContainerSpec", "Image"}));
    write_files(patch, service, files, StackFileKind::config);
    write_files(patch, service, files, StackFileKind::secret);
    patch.end_object();
    write_networks(patch, wanted, networks,
                   present == nullptr ? std::vector<std::string>() : unlisted_networks(*present, networks));
    if (keeps_image) write_platforms(patch, *present);
    if (present != nullptr) write_force_update(patch, *present);
    patch.end_object();
    patch.end_object();
    const JsonDocument document = parse_spec(patch.take());
    return {merge_patch(wanted, document.root()), keeps_image};
}

}  // namespace dockerext::plan
