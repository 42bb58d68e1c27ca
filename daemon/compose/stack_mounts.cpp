#include "compose/stack_mounts.hpp"

#include "compose/stack_json.hpp"
#include "compose/stack_names.hpp"

namespace dockerext::compose {
namespace {

void write_driver(const Volume& volume, JsonWriter& json) {
    if (volume.driver.empty() && volume.driver_opts.empty()) return;
    json.begin_object("DriverConfig");
    put(json, "Name", volume.driver);
    put(json, "Options", volume.driver_opts);
    json.end_object();
}

/// An anonymous volume has no options.
void write_volume_options(const Project& project, const Mount& mount, JsonWriter& json) {
    if (mount.source.empty()) return;
    const Volume& volume = project.volumes.at(mount.source);
    json.begin_object("VolumeOptions");
    if (mount.volume) put(json, "NoCopy", mount.volume->nocopy);
    if (!volume.external) {
        put(json, "Labels", with_stack_label(volume.labels, project.name));
        write_driver(volume, json);
    }
    json.end_object();
}

void write_bind_options(const Mount& mount, JsonWriter& json) {
    if (!mount.bind || mount.bind->propagation.empty()) return;
    json.begin_object("BindOptions");
    put(json, "Propagation", mount.bind->propagation);
    json.end_object();
}

void write_tmpfs_options(const Mount& mount, JsonWriter& json) {
    if (!mount.tmpfs) return;
    json.begin_object("TmpfsOptions");
    put(json, "SizeBytes", mount.tmpfs->size.count);
    put(json, "Mode", mount.tmpfs->mode);
    json.end_object();
}

std::string source_of(const Project& project, const Mount& mount) {
    const bool named = mount.type == "volume" && !mount.source.empty();
    return named ? project.volumes.at(mount.source).name : mount.source;
}

}  // namespace

void write_stack_mounts(const Project& project, const Service& service, JsonWriter& json) {
    if (service.volumes.empty()) return;
    json.begin_array("Mounts");
    for (const Mount& mount : service.volumes) {
        json.begin_object();
        put(json, "Type", mount.type);
        put(json, "Source", source_of(project, mount));
        put(json, "Target", mount.target);
        put(json, "ReadOnly", mount.read_only);
        if (mount.type == "volume") write_volume_options(project, mount, json);
        if (mount.type == "bind") write_bind_options(mount, json);
        if (mount.type == "tmpfs") write_tmpfs_options(mount, json);
        json.end_object();
    }
    json.end_array();
}

}  // namespace dockerext::compose
