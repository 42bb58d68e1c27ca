#include "compose/to_stack.hpp"

#include "compose/stack_names.hpp"
#include "compose/stack_spec.hpp"

#include <algorithm>
#include <string>

namespace dockerext::compose {
namespace {

using model::StackFileKind;

/// The file's name in the container as docker's command sends it: that of the secret if the model gives none.
std::string file_target(const FileReference& file, StackFileKind kind) {
    if (file.target.empty()) return file.source;
    const bool is_default =
        kind == StackFileKind::secret && file.target == std::string(secrets_folder) + file.source;
    return is_default ? file.source : file.target;
}

model::StackFileUse to_use(const FileReference& file, const FileObject& object, StackFileKind kind) {
    model::StackFileUse use;
    use.kind = kind;
    use.name = object.name;
    use.target = file_target(file, kind);
    use.uid = file.uid.empty() ? "0" : file.uid;
    use.gid = file.gid.empty() ? "0" : file.gid;
    if (file.mode) use.mode = static_cast<std::uint32_t>(*file.mode);
    return use;
}

model::StackFile to_file(const FileObject& object, StackFileKind kind, const std::string& stack) {
    model::StackFile file;
    file.kind = kind;
    file.name = object.name;
    file.external = object.external;
    if (object.external) return file;
    file.content = *object.value;
    file.labels = with_stack_label(object.labels, stack);
    file.template_driver = object.template_driver;
    return file;
}

model::NetworkSpec to_network_of_stack(const std::string& key, const Network& from,
                                       const std::string& stack) {
    model::NetworkSpec spec = network_spec(key, from);
    if (spec.external) return spec;
    if (spec.driver.empty()) spec.driver = "overlay";
    spec.labels = with_stack_label(from.labels, stack);
    return spec;
}

class Converter {
public:
    explicit Converter(const Project& project) : project_(project) { stack_.name.value = project.name; }

    model::Stack convert() {
        for (const auto& [name, service] : project_.services) {
            stack_.services.emplace(model::ServiceName{name}, to_stack_service(service));
            add_networks(service);
        }
        for (auto& [key, file] : files_) stack_.files.push_back(std::move(file));
        return std::move(stack_);
    }

private:
    model::StackService to_stack_service(const Service& from) {
        model::StackService service;
        service.name = name_in_stack(project_.name, from.name);
        service.image.value = from.image;
        service.spec = stack_spec(project_, from);
        add_files(from.configs, project_.configs, StackFileKind::config, service);
        add_files(from.secrets, project_.secrets, StackFileKind::secret, service);
        return service;
    }

    /// Of each kind, ordered by their names in the swarm.
    void add_files(const std::vector<FileReference>& references,
                   const std::map<std::string, FileObject>& objects, StackFileKind kind,
                   model::StackService& into) {
        const auto first = static_cast<std::ptrdiff_t>(into.files.size());
        for (const FileReference& file : references) {
            const FileObject& object = objects.at(file.source);
            into.files.push_back(to_use(file, object, kind));
            const std::pair key(kind, object.name);
            if (!files_.contains(key)) files_.emplace(key, to_file(object, kind, project_.name));
        }
        std::stable_sort(into.files.begin() + first, into.files.end(),
                         [](const auto& one, const auto& other) { return one.name < other.name; });
    }

    void add_networks(const Service& service) {
        for (const auto& [key, attachment] : service.networks) {
            const Network& network = project_.networks.at(key);
            stack_.networks.try_emplace(model::NetworkName{network.name},
                                        to_network_of_stack(key, network, project_.name));
        }
    }

    const Project& project_;
    model::Stack stack_;
    std::map<std::pair<StackFileKind, std::string>, model::StackFile> files_;
};

}  // namespace

model::Stack to_stack(const Project& project) { return Converter(project).convert(); }

}  // namespace dockerext::compose
