#include "observe/facts_reader.hpp"

#include "base/iso_time.hpp"
#include "base/json_document.hpp"

namespace dockerext::observe {
namespace {

JsonCursor empty_object() {
    static const JsonDocument document = JsonDocument::parse("{}").value();
    return document.root();
}

void require(ObjectReader& reader, std::string_view key, Problems& problems) {
    if (!reader.take(key)) problems.add(reader.cursor().pointer() + "/" + std::string(key), "is missing");
}

}  // namespace

ObjectReader object_in(ObjectReader& reader, std::string_view key, Problems& problems) {
    return {reader.take(key).value_or(empty_object()), problems};
}

std::vector<ObjectReader> objects_in(ObjectReader& reader, std::string_view key, Problems& problems) {
    const auto member = reader.take(key);
    return member ? objects_of(*member, problems) : std::vector<ObjectReader>();
}

ObjectReader required_object_in(ObjectReader& reader, std::string_view key, Problems& problems) {
    require(reader, key, problems);
    return object_in(reader, key, problems);
}

std::string required_text_in(ObjectReader& reader, std::string_view key, Problems& problems) {
    require(reader, key, problems);
    return text_in(reader, key);
}

std::vector<ObjectReader> objects_of(const JsonCursor& list, Problems& problems) {
    std::vector<ObjectReader> objects;
    const auto items = list.items();
    if (!items) {
        problems.add(items.error());
        return objects;
    }
    for (const JsonCursor& item : *items) objects.emplace_back(item, problems);
    return objects;
}

std::vector<std::pair<std::string, JsonCursor>> members_in(ObjectReader& reader, std::string_view key,
                                                           Problems& problems) {
    const auto member = reader.take(key);
    if (!member) return {};
    auto members = member->members();
    if (members) return std::move(*members);
    problems.add(members.error());
    return {};
}

std::string text_in(ObjectReader& reader, std::string_view key) { return reader.string(key).value_or(""); }
bool flag_in(ObjectReader& reader, std::string_view key) { return reader.boolean(key).value_or(false); }
std::int64_t count_in(ObjectReader& reader, std::string_view key) { return reader.integer(key).value_or(0); }

std::set<std::string> text_set_in(ObjectReader& reader, std::string_view key) {
    const std::vector<std::string> texts = reader.strings(key);
    return {texts.begin(), texts.end()};
}

std::map<std::string, std::string> text_map_in(ObjectReader& reader, std::string_view key,
                                               Problems& problems) {
    std::map<std::string, std::string> texts;
    for (const auto& [name, member] : members_in(reader, key, problems)) {
        if (auto text = member.string()) texts.emplace(name, std::move(*text));
        else problems.add(text.error());
    }
    return texts;
}

std::set<std::string> key_set_in(ObjectReader& reader, std::string_view key, Problems& problems) {
    std::set<std::string> keys;
    for (auto& [name, member] : members_in(reader, key, problems)) keys.insert(name);
    return keys;
}

std::optional<std::vector<std::string>> words_in(ObjectReader& reader, std::string_view key) {
    if (!reader.take(key)) return std::nullopt;
    return reader.strings(key);
}

model::WallTime time_in(ObjectReader& reader, std::string_view key, Problems& problems) {
    const auto text = reader.string(key);
    if (!text || text->empty() || text->starts_with("0001-")) return {};
    const auto time = parse_iso_time(*text);
    if (!time) problems.add(reader.cursor().pointer() + "/" + std::string(key), "not a time: " + *text);
    return time.value_or(model::WallTime{});
}

}  // namespace dockerext::observe
