#pragma once

#include "compose/canonical_json.hpp"
#include "compose/read.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

/// One table of fields describes an object of the document in both directions: how to read it, and how to
/// write it for the config-hash. The table has the order of the config-hash.
namespace dockerext::compose {

// Each writes a member, unless its value is what Go calls empty.
void write(std::string_view name, const std::string& value, CanonicalJson& json);
void write(std::string_view name, bool value, CanonicalJson& json);
void write(std::string_view name, const std::optional<bool>& value, CanonicalJson& json);
void write(std::string_view name, std::int64_t value, CanonicalJson& json);
void write(std::string_view name, const std::optional<std::int64_t>& value, CanonicalJson& json);
void write(std::string_view name, float value, CanonicalJson& json);
void write(std::string_view name, const std::optional<std::chrono::nanoseconds>& value, CanonicalJson& json);
void write(std::string_view name, const model::Bytes& value, CanonicalJson& json);
void write(std::string_view name, const std::vector<std::string>& value, CanonicalJson& json);
void write(std::string_view name, const StringMap& value, CanonicalJson& json);
void write(std::string_view name, const OptionalStringMap& value, CanonicalJson& json);

template <typename Owner>
struct Field {
    std::string_view name;
    void (*read)(const Node& node, Owner& into,
                 Diagnostics& diagnostics) = nullptr;  ///< null: known, but not supported yet
    void (*write)(const Owner& from, std::string_view name, CanonicalJson& json) = nullptr;
};

template <typename Member>
struct MemberOf;
template <typename OwnerType, typename Value>
struct MemberOf<Value OwnerType::*> {
    using Owner = OwnerType;
};
template <auto member>
using OwnerOf = typename MemberOf<decltype(member)>::Owner;

template <auto member>
void read_member(const Node& node, OwnerOf<member>& into, Diagnostics& diagnostics) {
    read(node, into.*member, diagnostics);
}

template <auto member, auto reader>
void read_member_by(const Node& node, OwnerOf<member>& into, Diagnostics& diagnostics) {
    reader(node, into.*member, diagnostics);
}

template <auto member>
void write_member(const OwnerOf<member>& from, std::string_view name, CanonicalJson& json) {
    write(name, from.*member, json);
}

/// A field that is read and written according to its type.
template <auto member>
constexpr Field<OwnerOf<member>> field(std::string_view name) {
    return {name, read_member<member>, write_member<member>};
}

/// A field with its own reader.
template <auto member, auto reader>
constexpr Field<OwnerOf<member>> field(std::string_view name) {
    return {name, read_member_by<member, reader>, write_member<member>};
}

/// Reports a key that Compose knows and this version does not support.
void report_unsupported(const Node& at, std::string_view key, Diagnostics& diagnostics);

/// Extension keys are allowed everywhere and have no meaning.
constexpr bool is_extension(std::string_view key) { return key.starts_with("x-"); }

/// Reads a map with its table of fields; `what` names the object in problems: "healthcheck".
template <typename Owner>
void read_fields(const Node& node, Owner& into, std::span<const Field<Owner>> fields, std::string_view what,
                 Diagnostics& diagnostics) {
    const Node::Map* map = expect_map(node, diagnostics);
    if (!map) return;
    for (const auto& [key, value] : *map) {
        const auto known =
            std::find_if(fields.begin(), fields.end(), [&key = key](const auto& f) { return f.name == key; });
        if (known != fields.end()) {
            if (known->read) known->read(value, into, diagnostics);
            else report_unsupported(value, key, diagnostics);
        } else if (!is_extension(key)) {
            std::vector<std::string_view> names;
            for (const auto& f : fields) names.push_back(f.name);
            diagnostics.unknown_key(value, key, what, names);
        }
    }
}

/// Writes the whole object, including its braces.
template <typename Owner>
void write_fields(const Owner& from, std::span<const Field<Owner>> fields, CanonicalJson& json) {
    json.open_object();
    for (const Field<Owner>& f : fields) {
        if (f.write) f.write(from, f.name, json);
    }
    json.close_object();
}

/// The fields of a type, and the type's name in problems. A type has its table through an overload of
/// `table_of(const Type*)` next to it.
template <typename Owner>
struct Table {
    std::string_view what;
    std::span<const Field<Owner>> fields;
};
template <typename Type>
concept HasFieldTable = requires {
    table_of(static_cast<const Type*>(nullptr));
};

template <HasFieldTable Type>
void read(const Node& node, Type& into, Diagnostics& diagnostics) {
    const Table<Type> table = table_of(&into);
    read_fields(node, into, table.fields, table.what, diagnostics);
}

template <HasFieldTable Type>
void read(const Node& node, std::optional<Type>& into, Diagnostics& diagnostics) {
    read(node, into.emplace(), diagnostics);
}

template <HasFieldTable Type>
void read(const Node& node, std::vector<Type>& into, Diagnostics& diagnostics) {
    const Node::List* list = expect_list(node, diagnostics);
    if (!list) return;
    for (const Node& item : *list) read(item, into.emplace_back(), diagnostics);
}

template <HasFieldTable Type>
void write(const Type& value, CanonicalJson& json) {
    write_fields(value, table_of(&value).fields, json);
}

template <HasFieldTable Type>
void write(std::string_view name, const Type& value, CanonicalJson& json) {
    json.key(name);
    write(value, json);
}

template <HasFieldTable Type>
void write(std::string_view name, const std::optional<Type>& value, CanonicalJson& json) {
    if (value) write(name, *value, json);
}

template <HasFieldTable Type>
void write(std::string_view name, const std::vector<Type>& value, CanonicalJson& json) {
    if (value.empty()) return;
    json.key(name);
    json.open_array();
    for (const Type& item : value) write(item, json);
    json.close_array();
}

}  // namespace dockerext::compose
