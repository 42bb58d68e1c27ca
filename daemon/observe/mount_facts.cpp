#include "observe/mount_facts.hpp"

#include "observe/facts_reader.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace dockerext::observe {
namespace {

using model::Mount;
using MountsByTarget = std::map<std::string, Mount>;

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts{""};
    for (const char c : text) {
        if (c == separator) parts.emplace_back();
        else parts.back() += c;
    }
    return parts;
}

/// The target in the form of the engine's own list.
std::string clean_target(std::string target) {
    while (target.size() > 1 && target.back() == '/') target.pop_back();
    return target;
}

void apply_bind_option(Mount& mount, const std::string& option) {
    static constexpr std::array propagations{"private", "rprivate", "shared", "rshared", "slave", "rslave"};
    if (option == "ro") mount.read_only = true;
    else if (option == "nocopy") mount.no_copy = true;
    else if (option == "z" || option == "Z") mount.selinux = option;
    else if (std::find(propagations.begin(), propagations.end(), option) != propagations.end())
        mount.propagation = option;
}

/// "SOURCE:TARGET[:OPTION,…]"; a source with a leading slash is a path of the host, any other the name of a
/// volume.
Mount read_bind(const std::string& bind) {
    const std::vector<std::string> parts = split(bind, ':');
    Mount mount;
    if (parts.size() == 1) {
        mount.target = clean_target(parts[0]);
        return mount;
    }
    mount.source = parts[0];
    mount.target = clean_target(parts[1]);
    if (mount.source.starts_with('/')) mount.type = Mount::Type::bind;
    if (parts.size() > 2) {
        for (const std::string& option : split(parts[2], ',')) apply_bind_option(mount, option);
    }
    return mount;
}

std::optional<Mount> read_mount(ObjectReader& requested, Problems& problems) {
    const auto type = from_string<Mount::Type>(text_in(requested, "Type"));
    if (!type) return std::nullopt;  // npipe, cluster
    Mount mount;
    mount.type = *type;
    mount.source = text_in(requested, "Source");
    mount.target = clean_target(text_in(requested, "Target"));
    mount.read_only = flag_in(requested, "ReadOnly");
    ObjectReader bind = object_in(requested, "BindOptions", problems);
    mount.propagation = text_in(bind, "Propagation");
    if (*type == Mount::Type::bind) mount.create_host_path = flag_in(bind, "CreateMountpoint");
    if (flag_in(bind, "NonRecursive")) mount.recursive = "disabled";
    if (flag_in(bind, "ReadOnlyNonRecursive")) mount.recursive = "writable";
    if (flag_in(bind, "ReadOnlyForceRecursive")) mount.recursive = "readonly";
    ObjectReader volume = object_in(requested, "VolumeOptions", problems);
    mount.no_copy = flag_in(volume, "NoCopy");
    mount.subpath = text_in(volume, "Subpath");
    mount.volume_labels = text_map_in(volume, "Labels", problems);
    ObjectReader image = object_in(requested, "ImageOptions", problems);
    if (*type == Mount::Type::image) mount.subpath = text_in(image, "Subpath");
    ObjectReader tmpfs = object_in(requested, "TmpfsOptions", problems);
    model::set_from(count_in(tmpfs, "SizeBytes"), mount.tmpfs_size);
    if (const auto mode = static_cast<std::uint32_t>(count_in(tmpfs, "Mode")); mode != 0)
        mount.tmpfs_mode = mode;
    return mount;
}

/// Merges an actual mount point: adds the name of an anonymous volume, or a mount that was not requested by
/// name.
void merge_mount_point(MountsByTarget& mounts, ObjectReader& point) {
    const auto type = from_string<Mount::Type>(text_in(point, "Type"));
    const std::string target = clean_target(text_in(point, "Destination"));
    if (!type || target.empty()) return;
    const std::string source = text_in(point, *type == Mount::Type::volume ? "Name" : "Source");
    const auto known = mounts.find(target);
    if (known != mounts.end()) {
        if (known->second.source.empty()) known->second.source = source;
        return;
    }
    Mount mount;
    mount.type = *type;
    mount.source = source;
    mount.target = target;
    mount.read_only = !point.boolean("RW").value_or(true);
    mounts.emplace(target, std::move(mount));
}

}  // namespace

std::vector<Mount> mounts_in(ObjectReader& container, ObjectReader& host_config, Problems& problems) {
    MountsByTarget by_target;
    for (const std::string& bind : host_config.strings("Binds")) {
        Mount mount = read_bind(bind);
        by_target.insert_or_assign(mount.target, mount);
    }
    for (ObjectReader& requested : objects_in(host_config, "Mounts", problems)) {
        if (const auto mount = read_mount(requested, problems))
            by_target.insert_or_assign(mount->target, *mount);
    }
    for (ObjectReader& point : objects_in(container, "Mounts", problems)) merge_mount_point(by_target, point);
    std::vector<Mount> mounts;
    for (auto& [target, mount] : by_target) mounts.push_back(std::move(mount));
    return mounts;
}

}  // namespace dockerext::observe
