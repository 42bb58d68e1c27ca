#include "compose/host_path.hpp"
#include "compose/key.hpp"
#include "compose/scalar.hpp"

#include <array>
#include <charconv>
#include <cstdio>

// The configs and secrets of a service.
namespace dockerext::compose {
namespace {

/// Reads a number as it is, and a text as octal.
void read_octal_mode(const Node& node, std::optional<std::int64_t>& into, Diagnostics& diagnostics) {
    if (!node.text()) return read(node, into, diagnostics);
    const std::string& text = *node.text();
    std::int64_t mode = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
    if (error == std::errc() && end == text.data() + text.size()) into = mode;
    else diagnostics.problem(node, "expected an octal number such as \"0440\", found '" + text + "'");
}

void write_mode(const FileReference& from, std::string_view name, CanonicalJson& json) {
    if (!from.mode) return;
    std::array<char, 32> text{};
    (void)std::snprintf(text.data(), text.size(), "0%llo", static_cast<unsigned long long>(*from.mode));
    json.key(name);
    json.string(text.data());
}

constexpr std::array file_reference_fields = std::to_array<Field<FileReference>>({
    field<&FileReference::source>("source"),
    field<&FileReference::target>("target"),
    field<&FileReference::uid>("uid"),
    field<&FileReference::gid>("gid"),
    {"mode", read_member_by<&FileReference::mode, read_octal_mode>, write_mode},
});

}  // namespace

Table<FileReference> table_of(const FileReference*) { return {"a file", file_reference_fields}; }

namespace {

std::string target_of(const FileReference& file, std::string_view folder) {
    if (file.target.empty()) return std::string(folder) + file.source;
    return file.target.starts_with('/') ? file.target : std::string(folder) + file.target;
}

void read_references(const Node& node, std::string_view folder, std::vector<FileReference>& into,
                     Diagnostics& diagnostics) {
    const Node::List* list = expect_list(node, diagnostics);
    if (!list) return;
    for (const Node& item : *list) {
        FileReference& file = into.emplace_back();
        file.pointer = item.pointer;
        if (item.text()) file.source = *item.text();
        else read(item, file, diagnostics);
        if ((item.text() || item.map()) && file.source.empty())
            diagnostics.problem(item, "'source' is missing");
        else if (clean_path(target_of(file, folder)) == "/")
            diagnostics.problem(item, "'target' is the root folder: name a file");
    }
}

void read_configs(const Node& node, std::vector<FileReference>& into, Diagnostics& diagnostics) {
    read_references(node, "/", into, diagnostics);
}

/// Compose always sets a secret's target, even to the default.
void read_secrets(const Node& node, std::vector<FileReference>& into, Diagnostics& diagnostics) {
    read_references(node, secrets_folder, into, diagnostics);
    for (FileReference& file : into) {
        if (file.target.empty()) file.target = std::string(secrets_folder) + file.source;
    }
}

std::int64_t id_of(const std::string& text) {
    std::int64_t id = 0;
    std::from_chars(text.data(), text.data() + text.size(), id);
    return id;
}

/// A file of the machine is mounted; a value is written into the container.
void apply_file(const FileReference& file, const FileObject& object, std::string_view folder,
                model::Service& into) {
    const std::string target = target_of(file, folder);
    if (!object.value) {
        model::Mount mount{
            .type = model::Mount::Type::bind, .source = object.file, .target = target, .read_only = true};
        mount.create_host_path = false;
        into.container.mounts.push_back(std::move(mount));
        return;
    }
    if (object.value->reveal().empty()) return;  // as in Compose
    model::InjectedFile injected{
        .path = target, .content = *object.value, .uid = id_of(file.uid), .gid = id_of(file.gid)};
    if (file.mode) injected.mode = static_cast<std::uint32_t>(*file.mode);
    into.files.push_back(std::move(injected));
}

void apply_configs(const Service& from, const Naming& naming, model::Service& into) {
    for (const FileReference& file : from.configs)
        apply_file(file, naming.configs->at(file.source), "/", into);
}

void apply_secrets(const Service& from, const Naming& naming, model::Service& into) {
    for (const FileReference& file : from.secrets) {
        apply_file(file, naming.secrets->at(file.source), secrets_folder, into);
    }
}

}  // namespace

std::span<const Key> file_reference_keys() {
    static constexpr std::array keys = std::to_array<Key>({
        {field<&Service::configs, read_configs>("configs"), apply_configs},
        {field<&Service::secrets, read_secrets>("secrets"), apply_secrets},
    });
    return keys;
}

}  // namespace dockerext::compose
