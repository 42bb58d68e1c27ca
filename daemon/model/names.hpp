#pragma once

#include "base/enum_names.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace dockerext::model {

// Makes the general to_string visible beside the overloads for structs.
using dockerext::to_string;

/// A name that cannot be mistaken for another kind of name.
template <typename Tag>
struct Name {
    std::string value;
    auto operator<=>(const Name&) const = default;
    bool empty() const noexcept { return value.empty(); }
};
using ProjectName = Name<struct ProjectTag>;
using ServiceName = Name<struct ServiceTag>;      ///< the key in the Compose model
using ContainerName = Name<struct ContainerTag>;  ///< as in `docker ps`, without the leading slash
using ContainerId = Name<struct ContainerIdTag>;  ///< 64 hex digits
using NetworkName = Name<struct NetworkTag>;      ///< the engine's name, not the key in the model
using NetworkId = Name<struct NetworkIdTag>;
using VolumeName = Name<struct VolumeTag>;  ///< the engine's name, not the key in the model
using ImageRef = Name<struct ImageTag>;     ///< as written: "nginx", "nginx:1", "repo/app@sha256:…"
using ImageId = Name<struct ImageIdTag>;    ///< "sha256:…"

/// One replica of a service, independent of the current name of its container.
struct Slot {
    ServiceName service;
    unsigned number = 1;  ///< from 1, label com.docker.compose.container-number
    auto operator<=>(const Slot&) const = default;
};

/// What a step, a failure or a backoff is about.
struct Subject {
    enum class Kind { container, network, volume, image, part };
    Kind kind = Kind::container;
    std::string name;  ///< "web-1" for a slot, "engine.install" for a part; else the engine's name or the
                       ///< image reference
    auto operator<=>(const Subject&) const = default;
};

constexpr auto names_of(Subject::Kind) {
    using enum Subject::Kind;
    return enum_names<Subject::Kind>({{container, "container"},
                                      {network, "network"},
                                      {volume, "volume"},
                                      {image, "image"},
                                      {part, "part"}});
}

Subject subject_of(const Slot& slot);
/// The service of a slot's subject.
ServiceName service_of(const Subject& container);
Subject subject_of(const NetworkName& name);
Subject subject_of(const VolumeName& name);
Subject subject_of(const ImageRef& image);
/// Of the removal of an image, whatever it is called: "image sha256:1f3a5c9e0b12".
Subject subject_of(const ImageId& image);
bool is_image_id(const Subject& subject);
/// All objects of a kind together.
Subject every(Subject::Kind kind);
/// The facts about the engine itself, from its /info.
Subject engine_facts();

/// The subject as part of a former project: "container old/web-1". It differs from the subject of the same
/// name in the project in force.
Subject former_project_subject(const ProjectName& project, const Subject& subject);
/// The former project of such a subject; nullopt for any other subject.
std::optional<ProjectName> former_project_of(const Subject& subject);

/// "container web-1", "image nginx:1", "any volume".
std::string to_string(const Subject& subject);
/// Parses what `to_string` writes; nullopt for any other text.
std::optional<Subject> parse_subject(std::string_view text);

}  // namespace dockerext::model
