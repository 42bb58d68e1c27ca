#include "compose/host_path.hpp"
#include "compose/image_name.hpp"
#include "compose/key.hpp"
#include "compose/mount.hpp"

#include <array>
#include <unordered_map>

namespace dockerext::compose {
namespace {

void read_type(const Node& node, std::string& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    if (into == "npipe" || into == "cluster") {
        return diagnostics.problem(
            node, "a mount of type " + into + " is for Windows or Swarm and is not supported");
    }
    if (node.text() && !from_string<model::Mount::Type>(into))
        diagnostics.problem(node, "expected bind, volume, tmpfs or image, found '" + into + "'");
}

void read_selinux(const Node& node, std::string& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    if (node.text() && into != "z" && into != "Z")
        diagnostics.problem(node, "expected z or Z, found '" + into + "'");
}

void read_mode(const Node& node, std::int64_t& into, Diagnostics& diagnostics) {
    const auto* mode = std::get_if<std::int64_t>(&node.value);
    if (mode && *mode >= 0 && *mode <= 07777) into = *mode;
    else diagnostics.problem(node, "expected a number from 0 to 4095; JSON has no octal: 01777 is 1023");
}

void read_recursive(const Node& node, std::string& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    if (into != "enabled" && into != "disabled" && into != "writable" && into != "readonly") {
        diagnostics.problem(node, "expected enabled, disabled, writable or readonly, found '" + into + "'");
    }
}

constexpr std::array bind_fields = std::to_array<Field<BindOptions>>({
    field<&BindOptions::selinux, read_selinux>("selinux"),
    field<&BindOptions::propagation>("propagation"),
    field<&BindOptions::create_host_path>("create_host_path"),
    field<&BindOptions::recursive, read_recursive>("recursive"),
});
constexpr std::array volume_fields = std::to_array<Field<VolumeOptions>>({
    field<&VolumeOptions::labels>("labels"),
    field<&VolumeOptions::nocopy>("nocopy"),
    field<&VolumeOptions::subpath>("subpath"),
});
constexpr std::array tmpfs_fields = std::to_array<Field<TmpfsOptions>>({
    field<&TmpfsOptions::size>("size"),
    field<&TmpfsOptions::mode, read_mode>("mode"),
});
constexpr std::array image_fields = std::to_array<Field<ImageOptions>>({
    field<&ImageOptions::subpath>("subpath"),
});
constexpr std::array mount_fields = std::to_array<Field<Mount>>({
    field<&Mount::type, read_type>("type"),
    field<&Mount::source>("source"),
    field<&Mount::target>("target"),
    field<&Mount::read_only>("read_only"),
    field<&Mount::consistency>("consistency"),
    field<&Mount::bind>("bind"),
    field<&Mount::volume>("volume"),
    field<&Mount::tmpfs>("tmpfs"),
    field<&Mount::image>("image"),
});

}  // namespace

Table<BindOptions> table_of(const BindOptions*) { return {"bind", bind_fields}; }
Table<VolumeOptions> table_of(const VolumeOptions*) { return {"volume", volume_fields}; }
Table<ImageOptions> table_of(const ImageOptions*) { return {"image", image_fields}; }
Table<TmpfsOptions> table_of(const TmpfsOptions*) { return {"tmpfs", tmpfs_fields}; }
Table<Mount> table_of(const Mount*) { return {"a mount", mount_fields}; }

namespace {

/// Whether the mount would bind a different path of the machine than intended; if so, reports it.
bool refuse_unset_source(const Node& item, const Mount& mount, Diagnostics& diagnostics) {
    if (mount.type != "bind") return false;
    const Node* source = item.map() ? item.find("source") : &item;
    return source && diagnostics.refuse_unset_prefix(*source);
}

void check_long(const Node& item, const Mount& mount, Diagnostics& diagnostics) {
    if (!item.find("type")) diagnostics.problem(item, "'type' is missing: bind, volume or tmpfs");
    if (!item.find("target")) diagnostics.problem(item, "'target', the path in the container, is missing");
    if (mount.type == "bind" && mount.source.empty())
        diagnostics.problem(item, "a bind mount needs a 'source'");
    if (mount.type == "tmpfs" && !mount.source.empty())
        diagnostics.problem(item, "a tmpfs mount cannot have a 'source'");
    const Node* image = mount.type == "image" ? item.find("source") : nullptr;
    if (image)
        check_image_name(mount.source, image->pointer, diagnostics.empty_variable_in(*image), diagnostics);
}

std::optional<Mount> read_mount(const Node& item, Diagnostics& diagnostics) {
    if (item.map()) {
        Mount mount;
        read(item, mount, diagnostics);
        if (!refuse_unset_source(item, mount, diagnostics)) check_long(item, mount, diagnostics);
        return mount;
    }
    if (!item.text()) {
        diagnostics.expected(item, "string or map");
        return std::nullopt;
    }
    auto mount = parse_mount(*item.text());
    if (!mount) {
        if (!diagnostics.refuse_unset_prefix(item)) diagnostics.problem(item, mount.error().message());
        return std::nullopt;
    }
    if (refuse_unset_source(item, *mount, diagnostics)) return std::nullopt;
    return std::move(*mount);
}

/// Of two mounts with the same target as written, the later one wins. Targets are cleaned only afterwards, so
/// that different spellings of one target are a conflict.
void read_volumes(const Node& node, std::vector<Mount>& into, Diagnostics& diagnostics) {
    const Node::List* list = expect_list(node, diagnostics);
    if (!list) return;
    std::unordered_map<std::string, std::size_t> places;
    for (const Node& item : *list) {
        auto mount = read_mount(item, diagnostics);
        if (!mount) continue;
        mount->pointer = item.pointer;
        const auto [place, is_new] = places.emplace(mount->target, into.size());
        if (is_new) into.push_back(std::move(*mount));
        else into[place->second] = std::move(*mount);
    }
    for (Mount& mount : into) {
        if (!mount.target.empty()) mount.target = clean_path(mount.target);
        if (!mount.target.starts_with('/')) {
            diagnostics.problems.add(mount.pointer,
                                     "the target '" + mount.target + "' must be an absolute path");
        }
    }
}

model::Mount::Type type_of(const Mount& mount) {
    return from_string<model::Mount::Type>(mount.type).value_or(model::Mount::Type::volume);
}

model::Mount to_model(const Mount& from, const Naming& naming) {
    model::Mount mount;
    mount.type = type_of(from);
    mount.source = from.source;
    if (from.type == "volume" && !from.source.empty()) mount.source = naming.volumes.at(from.source);
    mount.target = from.target;
    mount.read_only = from.read_only;
    if (from.bind) {
        mount.create_host_path = from.type != "bind" || from.bind->create_host_path;
        mount.propagation = from.bind->propagation;
        mount.selinux = from.bind->selinux;
        mount.recursive = from.bind->recursive == "enabled" ? "" : from.bind->recursive;
    }
    if (from.volume) {
        mount.no_copy = from.volume->nocopy;
        mount.subpath = from.volume->subpath;
        mount.volume_labels = from.volume->labels;
    }
    if (from.image) mount.subpath = from.image->subpath;
    if (from.tmpfs) {
        model::set_from(from.tmpfs->size.count, mount.tmpfs_size);
        if (from.tmpfs->mode != 0) mount.tmpfs_mode = static_cast<std::uint32_t>(from.tmpfs->mode);
    }
    return mount;
}

void apply_volumes(const Service& from, const Naming& naming, model::Service& into) {
    for (const Mount& mount : from.volumes) into.container.mounts.push_back(to_model(mount, naming));
}

void apply_tmpfs(const Service& from, const Naming&, model::Service& into) {
    for (const std::string& entry : from.tmpfs) {
        const std::size_t colon = entry.find(':');
        into.container.tmpfs[entry.substr(0, colon)] =
            colon == std::string::npos ? "" : entry.substr(colon + 1);
    }
}

}  // namespace

std::span<const Key> mount_keys() {
    static constexpr std::array keys = std::to_array<Key>({
        {field<&Service::volumes, read_volumes>("volumes"), apply_volumes},
        {field<&Service::tmpfs, read_one_or_more>("tmpfs"), apply_tmpfs},
    });
    return keys;
}

}  // namespace dockerext::compose
