#include "base/json_cursor.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace dockerext {
namespace {

rapidjson::Value::StringRefType ref(std::string_view text) {
    return {text.data(), static_cast<rapidjson::SizeType>(text.size())};
}

std::string string_of(const rapidjson::Value& value) { return {value.GetString(), value.GetStringLength()}; }

}  // namespace

std::string pointer_token(std::string_view token) {
    std::string out;
    for (const char c : token) {
        if (c == '~') out += "~0";
        else if (c == '/') out += "~1";
        else out += c;
    }
    return out;
}

JsonType JsonCursor::type() const {
    switch (value_->GetType()) {
    case rapidjson::kNullType: return JsonType::null;
    case rapidjson::kFalseType:
    case rapidjson::kTrueType: return JsonType::boolean;
    case rapidjson::kObjectType: return JsonType::object;
    case rapidjson::kArrayType: return JsonType::array;
    case rapidjson::kStringType: return JsonType::string;
    case rapidjson::kNumberType: return JsonType::number;
    }
    return JsonType::null;
}

Problem JsonCursor::problem(std::string_view message) const { return {pointer_, std::string(message)}; }

Problem JsonCursor::expected(std::string_view type) const {
    return problem("expected " + std::string(type) + ", found " + std::string(to_string(this->type())));
}

Read<std::optional<JsonCursor>> JsonCursor::find(std::string_view key) const {
    if (!value_->IsObject()) return expected("object");
    const auto member = value_->FindMember(rapidjson::Value(ref(key)));
    if (member == value_->MemberEnd()) return std::optional<JsonCursor>{};
    return std::optional(JsonCursor(member->value, pointer_ + "/" + pointer_token(key)));
}

Read<JsonCursor> JsonCursor::at(std::string_view key) const {
    auto found = find(key);
    if (!found) return found.error();
    if (!*found) return problem("missing member '" + std::string(key) + "'");
    return **found;
}

Read<std::vector<JsonCursor>> JsonCursor::items() const {
    if (!value_->IsArray()) return expected("array");
    std::vector<JsonCursor> cursors;
    cursors.reserve(value_->Size());
    for (rapidjson::SizeType i = 0; i < value_->Size(); ++i) {
        cursors.emplace_back((*value_)[i], pointer_ + "/" + std::to_string(i));
    }
    return cursors;
}

Read<std::vector<std::pair<std::string, JsonCursor>>> JsonCursor::members() const {
    if (!value_->IsObject()) return expected("object");
    std::vector<std::pair<std::string, JsonCursor>> cursors;
    cursors.reserve(value_->MemberCount());
    for (const auto& member : value_->GetObject()) {
        std::string key = string_of(member.name);
        std::string pointer = pointer_ + "/" + pointer_token(key);
        cursors.emplace_back(std::move(key), JsonCursor(member.value, std::move(pointer)));
    }
    return cursors;
}

Read<std::string> JsonCursor::string() const {
    if (!value_->IsString()) return expected("string");
    return string_of(*value_);
}

Read<Secret> JsonCursor::secret() const {
    if (!value_->IsString()) return expected("string");
    return Secret(std::string_view(value_->GetString(), value_->GetStringLength()));
}

Read<std::int64_t> JsonCursor::integer() const {
    if (!value_->IsInt64()) return expected("integer");
    return value_->GetInt64();
}

Read<double> JsonCursor::number() const {
    if (!value_->IsNumber()) return expected("number");
    return value_->GetDouble();
}

Read<bool> JsonCursor::boolean() const {
    if (!value_->IsBool()) return expected("boolean");
    return value_->GetBool();
}

std::string JsonCursor::text() const {
    using Buffer =
        rapidjson::GenericStringBuffer<rapidjson::UTF8<>, WipingJsonAllocator>;  // it may be secret
    Buffer buffer;
    rapidjson::Writer<Buffer> writer(buffer);
    value_->Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace dockerext
