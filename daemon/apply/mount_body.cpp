#include "apply/mount_body.hpp"

namespace dockerext::apply {
namespace {

using model::Mount;

/// Whether the engine named the volume: 64 hex digits.
bool is_anonymous(const Mount& mount) {
    return mount.source.empty() || (mount.source.size() == 64 &&
                                    mount.source.find_first_not_of("0123456789abcdef") == std::string::npos);
}

/// Whether Compose sends the mount in Binds; all others go to Mounts.
bool is_bind(const Mount& mount) {
    switch (mount.type) {
    case Mount::Type::bind:
        return mount.create_host_path && mount.propagation.empty() && mount.recursive.empty();
    case Mount::Type::volume:
        return !is_anonymous(mount) && !mount.no_copy && mount.subpath.empty() && mount.volume_labels.empty();
    case Mount::Type::tmpfs:
    case Mount::Type::image: return false;
    }
    return false;
}

std::string bind_text(const Mount& mount) {
    std::string text = mount.source + ":" + mount.target + (mount.read_only ? ":ro" : ":rw");
    if (!mount.selinux.empty()) text += "," + mount.selinux;
    return text;
}

void write_bind_options(BodyWriter& writer, const Mount& mount) {
    if (mount.propagation.empty() && !mount.create_host_path && mount.recursive.empty()) return;
    writer.object("BindOptions", [&] {
        writer.member_if_set("Propagation", mount.propagation);
        writer.member_if_set("CreateMountpoint", mount.create_host_path);
        writer.member_if_set("NonRecursive", mount.recursive == "disabled");
        writer.member_if_set("ReadOnlyNonRecursive", mount.recursive == "writable");
        writer.member_if_set("ReadOnlyForceRecursive", mount.recursive == "readonly");
    });
}

void write_volume_options(BodyWriter& writer, const Mount& mount) {
    if (!mount.no_copy && mount.subpath.empty() && mount.volume_labels.empty()) return;
    writer.object("VolumeOptions", [&] {
        writer.member_if_set("NoCopy", mount.no_copy);
        writer.member_if_set("Subpath", mount.subpath);
        writer.member_if_set("Labels", mount.volume_labels);
    });
}

void write_tmpfs_options(BodyWriter& writer, const Mount& mount) {
    if (!mount.tmpfs_size && !mount.tmpfs_mode) return;
    writer.object("TmpfsOptions", [&] {
        writer.number_if_set("SizeBytes", mount.tmpfs_size);
        writer.number_if_set("Mode", mount.tmpfs_mode);
    });
}

void write_options(BodyWriter& writer, const Mount& mount) {
    switch (mount.type) {
    case Mount::Type::bind: return write_bind_options(writer, mount);
    case Mount::Type::volume: return write_volume_options(writer, mount);
    case Mount::Type::tmpfs: return write_tmpfs_options(writer, mount);
    case Mount::Type::image:
        if (!mount.subpath.empty()) {
            writer.object("ImageOptions", [&] { writer.member("Subpath", mount.subpath); });
        }
    }
}

void write_mount(BodyWriter& writer, const Mount& mount) {
    writer.object([&] {
        writer.member("Type", to_string(mount.type));
        writer.member_if_set("Source", mount.source);
        writer.member("Target", mount.target);
        writer.member_if_set("ReadOnly", mount.read_only);
        write_options(writer, mount);
    });
}

}  // namespace

void write_mounts(BodyWriter& writer, const std::vector<Mount>& mounts) {
    writer.array("Binds", [&] {
        for (const Mount& mount : mounts) {
            if (is_bind(mount)) writer.put(bind_text(mount));
        }
    });
    writer.array("Mounts", [&] {
        for (const Mount& mount : mounts) {
            if (!is_bind(mount)) write_mount(writer, mount);
        }
    });
}

}  // namespace dockerext::apply
