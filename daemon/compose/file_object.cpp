#include "compose/file_object.hpp"

#include "compose/external.hpp"

#include <array>

namespace dockerext::compose {
namespace {

void read_content(const Node& node, std::optional<std::string>& into, Diagnostics& diagnostics) {
    read(node, into.emplace(), diagnostics);
}

void ignore_options(const Node& node, FileObject&, Diagnostics& diagnostics) {
    StringMap ignored;
    read_options(node, ignored, diagnostics);
}

/// These fields are not part of a config-hash.
constexpr std::array config_fields = std::to_array<Field<FileObject>>({
    {"name", read_member<&FileObject::name>},
    {"file", read_member<&FileObject::file>},
    {"environment", read_member<&FileObject::environment>},
    {"content", read_member_by<&FileObject::content, read_content>},
    {"external", read_external<FileObject>},
    {"labels", read_member<&FileObject::labels>},
    {"template_driver", read_member<&FileObject::template_driver>},
});
constexpr std::array secret_fields = std::to_array<Field<FileObject>>({
    {"name", read_member<&FileObject::name>},
    {"file", read_member<&FileObject::file>},
    {"environment", read_member<&FileObject::environment>},
    {"external", read_external<FileObject>},
    {"labels", read_member<&FileObject::labels>},
    {"driver", read_member<&FileObject::driver>},
    {"driver_opts", ignore_options},
    {"template_driver", read_member<&FileObject::template_driver>},
});

FileObject read_object(const Node& node, std::span<const Field<FileObject>> fields, std::string_view what,
                       Diagnostics& diagnostics) {
    FileObject object;
    object.pointer = node.pointer;
    read_fields(node, object, fields, what, diagnostics);
    if (const Node* file = node.find("file")) (void)diagnostics.refuse_unset_prefix(*file);
    const int sources =
        (object.file.empty() ? 0 : 1) + (object.environment.empty() ? 0 : 1) + (object.content ? 1 : 0);
    if (sources > 1) diagnostics.problem(node, "only one of file, environment and content can be given");
    if (object.external && sources > 0)
        diagnostics.problem(node, "no other key is allowed beside 'external'");
    return object;
}

}  // namespace

FileObject read_config(const Node& node, Diagnostics& diagnostics) {
    return read_object(node, config_fields, "a config", diagnostics);
}

FileObject read_secret(const Node& node, Diagnostics& diagnostics) {
    FileObject secret = read_object(node, secret_fields, "a secret", diagnostics);
    if (node.map() && !secret.external && secret.file.empty() && secret.environment.empty()) {
        diagnostics.problem(node, "a secret needs 'file' or 'environment'");
    }
    return secret;
}

}  // namespace dockerext::compose
