#include "apply/mount_body.hpp"

namespace dockerext::apply {
namespace {

using model::Mount;

/// A volume that the engine named: 64 hex digits.
bool is_anonymous(const Mount& mount) {
    return mount.source.empty() || (mount.source.size() == 64 &&
                                    mount.source.find_first_not_of("0123456789abcdef") == std::string::npos);
}

/// What Binds can say. Compose writes a bind with a propagation as a mount; engines before API 1.43 would not
/// make its host path then, whatever the model says.
bool is_bind(const Mount& mount) {
    switch (mount.type) {
    case Mount::Type::bind: return mount.create_host_path;
    case Mount::Type::volume: return !is_anonymous(mount) && !mount.no_copy;
    case Mount::Type::tmpfs: return false;
    }
    return false;
}

std::string bind_text(const Mount& mount) {
    std::string text = mount.source + ":" + mount.target + (mount.read_only ? ":ro" : ":rw");
    if (!mount.selinux.empty()) text += "," + mount.selinux;
    if (!mount.propagation.empty()) text += "," + mount.propagation;
    return text;
}

std::string_view type_name(Mount::Type type) {
    switch (type) {
    case Mount::Type::bind: return "bind";
    case Mount::Type::volume: return "volume";
    case Mount::Type::tmpfs: return "tmpfs";
    }
    return "volume";
}

void write_options(BodyWriter& writer, const Mount& mount) {
    if (!mount.propagation.empty()) {
        writer.object("BindOptions", [&] { writer.member("Propagation", mount.propagation); });
    }
    if (mount.no_copy) writer.object("VolumeOptions", [&] { writer.member("NoCopy", true); });
    if (mount.type == Mount::Type::tmpfs && (mount.tmpfs_size.count != 0 || mount.tmpfs_mode != 0)) {
        writer.object("TmpfsOptions", [&] {
            writer.member_if_set("SizeBytes", mount.tmpfs_size.count);
            writer.member_if_set("Mode", mount.tmpfs_mode);
        });
    }
}

void write_mount(BodyWriter& writer, const Mount& mount) {
    writer.object([&] {
        writer.member("Type", type_name(mount.type));
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
