#include "compose/import.hpp"

#include "base/json_writer.hpp"
#include "base/overloaded.hpp"
#include "base/utf8.hpp"
#include "compose/env_file.hpp"
#include "compose/merge.hpp"
#include "compose/project_name.hpp"
#include "compose/scalar.hpp"
#include "compose/yaml.hpp"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <algorithm>
#include <cmath>

namespace dockerext::compose {
namespace {

using Writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

std::string_view without_byte_order_mark(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    return text;
}

/// The parser limits the depth.
void write(const Node& node, Writer& json) {
    const auto text = [&](const std::string& value) {
        json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    };
    std::visit(overloaded{
                   [&](std::nullptr_t) { json.Null(); },
                   [&](bool value) { json.Bool(value); },
                   [&](std::int64_t value) { json.Int64(value); },
                   [&](std::uint64_t value) { text(std::to_string(value)); },  // JSON readers would round it
                   [&](double value) {
                       if (std::isfinite(value)) json.Double(value);
                       else text(go_text(value));  // not representable as a JSON number
                   },
                   text,
                   [&](const Node::List& list) {
                       json.StartArray();
                       for (const Node& item : list) write(item, json);
                       json.EndArray();
                   },
                   [&](const Node::Map& map) {
                       json.StartObject();
                       for (const auto& [key, value] : map) {
                           json.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
                           write(value, json);
                       }
                       json.EndObject();
                   },
               },
               node.value);
}

void write(const Environment& variables, Writer& json) {
    json.StartObject();
    for (const auto& [name, value] : variables) {
        json.Key(name);
        json.String(value);
    }
    json.EndObject();
}

/// The first node that is tagged !reset or !override; null if there is none. The parser limits the depth.
const Node* find_merge_mark(const Node& node) {
    if (node.merging != MergeMode::normal) return &node;
    const Node* found = nullptr;
    const auto search = [&](const Node& member) { return (found = find_merge_mark(member)) != nullptr; };
    if (node.list()) (void)std::any_of(node.list()->begin(), node.list()->end(), search);
    if (node.map()) {
        (void)std::any_of(node.map()->begin(), node.map()->end(),
                          [&](const auto& member) { return search(member.second); });
    }
    return found;
}

Error refusal(const Node& at, std::string_view complaint) {
    return {ErrorKind::invalid_input, "line " + std::to_string(at.place.line) + ", column " +
                                          std::to_string(at.place.column) + ": " + std::string(complaint)};
}

Result<Node> one_document(std::vector<Node> documents) {
    if (documents.empty()) return Error(ErrorKind::invalid_input, "the file is empty");
    for (const Node& document : documents) {
        if (!document.map())
            return refusal(document, "expected map, found " + std::string(type_name(document)));
        if (const Node* tagged = find_merge_mark(document)) {
            return refusal(*tagged, "!reset and !override cannot be expressed in JSON");
        }
    }
    Diagnostics diagnostics;
    Node whole = std::move(documents.front());
    for (std::size_t i = 1; i < documents.size(); ++i)
        merge_document(whole, std::move(documents[i]), diagnostics);
    if (diagnostics.problems.empty()) return whole;
    return diagnostics.problems.all().front();
}

}  // namespace

bool is_compose_file(std::string_view text) {
    text = without_byte_order_mark(text);
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos || text.substr(begin, 2) == "//" || text.substr(begin, 2) == "/*")
        return false;
    if (text[begin] != '{') return true;
    const auto documents = parse_yaml(text, "");
    if (!documents || documents->empty()) return false;
    const Node& root = documents->front();
    return root.find("services") || root.find("include");
}

Result<DotEnvVariables> read_variables_file(std::string_view text, const std::string& project_directory) {
    const Environment known = with_shell_variables({}, project_directory);
    const Lookup lookup = [&](const std::string& name) {
        const auto found = known.find(name);
        return found == known.end() ? nullptr : &found->second;
    };
    DotEnvVariables variables;
    Diagnostics diagnostics;
    if (auto parsed = parse_env_file(text, lookup, variables.values, Node{}, diagnostics); !parsed)
        return parsed.error();
    for (const auto& [name, value] : known) variables.values.erase(name);
    for (const Problem& warning : diagnostics.warnings.all()) variables.warnings.push_back(warning.message);
    return variables;
}

std::string name_of_folder(std::string_view folder, std::string_view text) {
    const auto documents = parse_yaml(without_byte_order_mark(text), "");
    if (!documents) return "";  // it is reported elsewhere
    const bool is_named = std::any_of(documents->begin(), documents->end(),
                                      [](const Node& document) { return document.find("name") != nullptr; });
    return is_named ? "" : normalized_name(folder);
}

Result<std::string> wrap_compose_file(std::string_view text, const Environment& variables) {
    text = without_byte_order_mark(text);
    if (valid_utf8(text) != text) {
        return Error(ErrorKind::invalid_input, "this is neither settings nor a Compose file in UTF-8");
    }
    JsonWriter json;
    json.begin_object();
    json.text("compose", text);
    if (!variables.empty()) {
        json.begin_object("compose-environment");
        for (const auto& [name, value] : variables) json.text(name, value);
        json.end_object();
    }
    json.end_object();
    return json.take();
}

Result<std::string> import_settings(std::string_view text, const Environment& variables) {
    auto documents = parse_yaml(without_byte_order_mark(text), "");
    if (!documents) return documents.error();
    const auto document = one_document(std::move(*documents));
    if (!document) return document.error();
    rapidjson::StringBuffer buffer;
    Writer json(buffer);
    json.SetIndent(' ', 2);
    json.StartObject();
    json.Key("compose");
    write(*document, json);
    if (!variables.empty()) {
        json.Key("compose-environment");
        write(variables, json);
    }
    json.EndObject();
    return std::string(buffer.GetString(), buffer.GetSize());
}

}  // namespace dockerext::compose
