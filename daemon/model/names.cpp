#include "model/names.hpp"

#include <string_view>

namespace dockerext::model {

namespace {

constexpr std::string_view image_id_prefix = "sha256:";

}  // namespace

Subject subject_of(const Slot& slot) {
    return {Subject::Kind::container, slot.service.value + "-" + std::to_string(slot.number)};
}
Subject subject_of(const NetworkName& name) { return {Subject::Kind::network, name.value}; }
Subject subject_of(const VolumeName& name) { return {Subject::Kind::volume, name.value}; }
Subject subject_of(const ImageRef& image) { return {Subject::Kind::image, image.value}; }

Subject subject_of(const ImageId& image) {
    constexpr std::size_t shown_digits = 12;
    return {Subject::Kind::image, image.value.substr(0, image_id_prefix.size() + shown_digits)};
}
bool is_image_id(const Subject& subject) {
    return subject.kind == Subject::Kind::image && subject.name.starts_with(image_id_prefix);
}

ServiceName service_of(const Subject& container) {
    return {container.name.substr(0, container.name.rfind('-'))};
}

Subject every(Subject::Kind kind) { return {kind, ""}; }
Subject engine_facts() { return {Subject::Kind::part, "engine.info"}; }
/// No project, slot, network or volume has a slash in its name.
Subject former_project_subject(const ProjectName& project, const Subject& subject) {
    return {subject.kind, project.value + "/" + subject.name};
}

std::optional<ProjectName> former_project_of(const Subject& subject) {
    const std::size_t slash = subject.name.find('/');
    const bool has_project = subject.kind == Subject::Kind::container ||
                             subject.kind == Subject::Kind::network || subject.kind == Subject::Kind::volume;
    if (!has_project || slash == std::string::npos) return std::nullopt;
    return ProjectName{subject.name.substr(0, slash)};
}

std::string to_string(const Subject& subject) {
    if (subject.name.empty()) return "any " + std::string(to_string(subject.kind));
    return std::string(to_string(subject.kind)) + " " + subject.name;
}

std::optional<Subject> parse_subject(std::string_view text) {
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    for (const auto& [kind, name] : enum_table<Subject::Kind>) {
        if (text == to_string(every(kind))) return every(kind);
        if (name == text.substr(0, space)) return Subject{kind, std::string(text.substr(space + 1))};
    }
    return std::nullopt;
}

}  // namespace dockerext::model
