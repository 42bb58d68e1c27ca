#include "base/json_reader.hpp"

#include "base/nearest.hpp"

#include <algorithm>

namespace dockerext {
namespace {

template <typename T>
std::optional<T> value_or_report(Read<T> result, Problems& problems) {
    if (result) return std::move(*result);
    problems.add(result.error());
    return std::nullopt;
}

}  // namespace

ObjectReader::ObjectReader(JsonCursor object, Problems& problems)
    : object_(std::move(object)), problems_(problems) {
    if (!object_.is(JsonType::object)) problems_.add(object_.expected("object"));
}

std::optional<JsonCursor> ObjectReader::take(std::string_view key) {
    requested_.emplace_back(key);
    auto found = object_.find(key);
    if (!found || !*found || (*found)->is(JsonType::null)) return std::nullopt;
    return std::move(*found);
}

std::optional<std::string> ObjectReader::string(std::string_view key) {
    const auto member = take(key);
    return member ? value_or_report(member->string(), problems_) : std::nullopt;
}

std::optional<Secret> ObjectReader::secret(std::string_view key) {
    const auto member = take(key);
    return member ? value_or_report(member->secret(), problems_) : std::nullopt;
}

std::optional<std::int64_t> ObjectReader::integer(std::string_view key) {
    const auto member = take(key);
    return member ? value_or_report(member->integer(), problems_) : std::nullopt;
}

std::optional<bool> ObjectReader::boolean(std::string_view key) {
    const auto member = take(key);
    return member ? value_or_report(member->boolean(), problems_) : std::nullopt;
}

std::vector<std::string> ObjectReader::strings(std::string_view key) {
    std::vector<std::string> texts;
    const auto member = take(key);
    if (!member) return texts;
    const auto items = value_or_report(member->items(), problems_);
    if (!items) return texts;
    for (const JsonCursor& item : *items) {
        if (auto text = value_or_report(item.string(), problems_)) texts.push_back(std::move(*text));
    }
    return texts;
}

void ObjectReader::finish(std::string_view what) {
    const auto members = object_.members();
    if (!members) return;
    const std::vector<std::string_view> known(requested_.begin(), requested_.end());
    for (const auto& [key, member] : *members) {
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        const auto suggestion = nearest(key, known);
        problems_.add(member.pointer(),
                      "unknown key of " + std::string(what) +
                          (suggestion ? "; did you mean '" + std::string(*suggestion) + "'?" : ""));
    }
}

}  // namespace dockerext
