#include "base/json_merge.hpp"

#include "base/json_writer.hpp"

namespace dockerext {
namespace {

using Members = std::vector<std::pair<std::string, JsonCursor>>;

Members members_of(const JsonCursor& value) {
    return value.is(JsonType::object) ? value.members().value() : Members();
}

void append_member(std::string& object, const std::string& key, const std::string& value) {
    JsonWriter quoted;
    quoted.text(key);
    object += (object.size() > 1 ? "," : "") + quoted.take() + ":" + value;
}

/// `present` is null for a member that does not exist yet.
std::string patched(const JsonCursor* present, const JsonCursor& patch) {
    if (!patch.is(JsonType::object)) return patch.text();
    const Members former = present == nullptr ? Members() : members_of(*present);
    std::string object = "{";
    for (const auto& [key, value] : former) {
        const auto change = patch.find(key).value();
        if (!change) append_member(object, key, value.text());
        else if (!change->is(JsonType::null)) append_member(object, key, patched(&value, *change));
    }
    for (const auto& [key, value] : members_of(patch)) {
        const bool is_new =
            present == nullptr || !present->is(JsonType::object) || !present->find(key).value();
        if (is_new && !value.is(JsonType::null)) append_member(object, key, patched(nullptr, value));
    }
    return object + "}";
}

}  // namespace

std::string merge_patch(const JsonCursor& document, const JsonCursor& patch) {
    return patched(&document, patch);
}

}  // namespace dockerext
