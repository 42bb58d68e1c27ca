#include "docker/json.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace dockerext::sim::json {
namespace {

Value key_of(Document& object, const char* key) { return {key, object.GetAllocator()}; }

}  // namespace

Document parse(const std::string& text) {
    Document document;
    document.Parse(text);
    if (document.HasParseError() || !document.IsObject()) document.SetObject();
    return document;
}

std::string text_of(const Value& value) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    value.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

const Value& at(const Value& object, const char* key) {
    static const Value null;
    if (!object.IsObject()) return null;
    const auto found = object.FindMember(key);
    return found == object.MemberEnd() ? null : found->value;
}

std::string string_at(const Value& object, const char* key) {
    const Value& value = at(object, key);
    return value.IsString() ? std::string(value.GetString(), value.GetStringLength()) : "";
}

std::int64_t number_at(const Value& object, const char* key) {
    const Value& value = at(object, key);
    return value.IsInt64() ? value.GetInt64() : 0;
}

std::vector<std::string> strings_at(const Value& object, const char* key) {
    std::vector<std::string> texts;
    const Value& value = at(object, key);
    if (!value.IsArray()) return texts;
    for (const Value& item : value.GetArray()) {
        if (item.IsString()) texts.emplace_back(item.GetString(), item.GetStringLength());
    }
    return texts;
}

Texts texts_at(const Value& object, const char* key) {
    Texts texts;
    const Value& value = at(object, key);
    if (!value.IsObject()) return texts;
    for (const auto& member : value.GetObject()) {
        if (member.value.IsString()) texts[member.name.GetString()] = member.value.GetString();
    }
    return texts;
}

void put(Document& object, const char* key, Value value) {
    object.RemoveMember(key);
    object.AddMember(key_of(object, key), value, object.GetAllocator());
}

void put_default(Document& object, const char* key, Value value) {
    const bool there = object.HasMember(key) && !object[key].IsNull();
    if (!there) put(object, key, std::move(value));
}

std::string string_text(std::string_view text) {
    return text_of(Value(rapidjson::StringRef(text.data(), static_cast<rapidjson::SizeType>(text.size()))));
}

std::string text_of(const Texts& texts) {
    std::string text = "{";
    for (const auto& [key, value] : texts)
        text += (text.size() > 1 ? "," : "") + string_text(key) + ":" + string_text(value);
    return text + "}";
}

std::string text_of(const std::vector<std::string>& texts) {
    std::string text = "[";
    for (const std::string& each : texts) text += (text.size() > 1 ? "," : "") + string_text(each);
    return text + "]";
}

}  // namespace dockerext::sim::json
