#include "compose/key.hpp"

#include <array>

namespace dockerext::compose {
namespace {

void read_format(const Node& node, bool& raw, Diagnostics& diagnostics) {
    std::string format;
    read(node, format, diagnostics);
    raw = format == "raw";
    if (node.text() && !raw && !format.empty() && format != ".env") {
        diagnostics.problem(node, "expected raw or .env, found '" + format + "'");
    }
}

constexpr std::array file_fields = std::to_array<Field<EnvFileEntry>>({
    field<&EnvFileEntry::path>("path"),
    field<&EnvFileEntry::required>("required"),
    {"format", read_member_by<&EnvFileEntry::raw, read_format>},
});

}  // namespace

Table<EnvFileEntry> table_of(const EnvFileEntry*) { return {"an env_file", file_fields}; }

namespace {

void read_file(const Node& node, std::vector<EnvFileEntry>& into, Diagnostics& diagnostics) {
    EnvFileEntry file;
    file.pointer = node.pointer;
    if (node.text()) file.path = *node.text();
    else read(node, file, diagnostics);
    if (!file.path.empty()) into.push_back(std::move(file));
    else if (node.text() || (node.map() && !node.find("path")))
        diagnostics.problem(node, "the path is missing");
}

void read_env_files(const Node& node, std::vector<EnvFileEntry>& into, Diagnostics& diagnostics) {
    if (node.text()) return read_file(node, into, diagnostics);
    if (!node.list()) return diagnostics.expected(node, "string or list");
    for (const Node& item : *node.list()) {
        if (item.text() || item.map()) read_file(item, into, diagnostics);
        else diagnostics.expected(item, "string or map");
    }
}

void read_label_files(const Node& node, std::vector<EnvFileEntry>& into, Diagnostics& diagnostics) {
    if (node.text()) return read_file(node, into, diagnostics);
    if (!node.list()) return diagnostics.expected(node, "string or list");
    for (const Node& item : *node.list()) {
        if (item.text()) read_file(item, into, diagnostics);
        else diagnostics.expected(item, "string");
    }
}

void write_label_files(const Service& from, std::string_view name, CanonicalJson& json) {
    std::vector<std::string> paths;
    for (const EnvFileEntry& file : from.label_files) paths.push_back(file.path);
    write(name, paths, json);
}

}  // namespace

/// When the hash is computed, the content of the files is in `environment` and `labels`. Compose 2.40 also
/// hashes the paths of label files.
std::span<const Key> file_keys() {
    static constexpr std::array keys = std::to_array<Key>({
        {{"env_file", read_member_by<&Service::env_files, read_env_files>}},
        {{"label_file", read_member_by<&Service::label_files, read_label_files>, write_label_files}},
    });
    return keys;
}

}  // namespace dockerext::compose
