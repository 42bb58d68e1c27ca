#include "base/json_writer.hpp"

#include "base/secret.hpp"
#include "base/utf8.hpp"
#include "base/wiping_allocator.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace dockerext {

// The output may be secret.
using Buffer = rapidjson::GenericStringBuffer<rapidjson::UTF8<>, WipingJsonAllocator>;

struct JsonWriter::Output {
    Output() { json.SetMaxDecimalPlaces(3); }

    void key(std::string_view name) { json.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }

    Buffer buffer;
    rapidjson::Writer<Buffer> json{buffer};
};

JsonWriter::JsonWriter() : output_(std::make_unique<Output>()) {}

JsonWriter::~JsonWriter() = default;

void JsonWriter::begin_object() { output_->json.StartObject(); }

void JsonWriter::begin_array() { output_->json.StartArray(); }

void JsonWriter::end_object() { output_->json.EndObject(); }

void JsonWriter::end_array() { output_->json.EndArray(); }

void JsonWriter::text(std::string_view value) {
    const Secret valid(valid_utf8(value));
    const std::string_view text = valid.reveal();
    output_->json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void JsonWriter::number(std::uint64_t value) { output_->json.Uint64(value); }

void JsonWriter::begin_object(std::string_view key) {
    output_->key(key);
    begin_object();
}

void JsonWriter::begin_array(std::string_view key) {
    output_->key(key);
    output_->json.StartArray();
}

void JsonWriter::text(std::string_view key, std::string_view value) {
    output_->key(key);
    text(value);
}

void JsonWriter::text_or_null(std::string_view key, std::string_view value) {
    output_->key(key);
    if (value.empty()) output_->json.Null();
    else text(value);
}

void JsonWriter::number(std::string_view key, std::int64_t value) {
    output_->key(key);
    output_->json.Int64(value);
}

void JsonWriter::number(std::string_view key, std::uint64_t value) {
    output_->key(key);
    output_->json.Uint64(value);
}

void JsonWriter::decimal(std::string_view key, double value) {
    output_->key(key);
    output_->json.Double(value);
}

void JsonWriter::boolean(std::string_view key, bool value) {
    output_->key(key);
    output_->json.Bool(value);
}

std::string JsonWriter::take() { return {output_->buffer.GetString(), output_->buffer.GetSize()}; }

}  // namespace dockerext
