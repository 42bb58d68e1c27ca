#pragma once

#include "base/wiping_allocator.hpp"
#include "model/limits.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dockerext::apply {

/// Writes a JSON body: a member is a key and a value; an object or array is a key and a function that fills
/// it.
class BodyWriter {
public:
    template <typename T>
    void member(std::string_view key, const T& value) {
        put_key(key);
        put(value);
    }
    /// Omits empty values: "", 0, false, empty lists and maps.
    template <typename T>
    void member_if_set(std::string_view key, const T& value) {
        if (value != T{}) member(key, value);
    }
    /// A value in the number that the Engine API writes it in; omitted if absent.
    template <typename T>
    void number_if_set(std::string_view key, const std::optional<T>& value) {
        if (value) member(key, model::number_of(*value));
    }
    void null_member(std::string_view key) {
        put_key(key);
        writer_.Null();
    }
    template <std::invocable Fill>
    void object(std::string_view key, Fill fill) {
        put_key(key);
        object(fill);
    }
    template <std::invocable Fill>
    void object(Fill fill) {
        writer_.StartObject();
        fill();
        writer_.EndObject();
    }
    /// `fill` adds elements with `put` and `object`.
    template <std::invocable Fill>
    void array(std::string_view key, Fill fill) {
        put_key(key);
        array(fill);
    }
    template <std::invocable Fill>
    void array(Fill fill) {
        writer_.StartArray();
        fill();
        writer_.EndArray();
    }

    void put(std::string_view text) {
        writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    }
    void put(const std::string& text) { put(std::string_view(text)); }
    void put(const char* text) { put(std::string_view(text)); }
    void put(bool flag) { writer_.Bool(flag); }
    void put(std::int64_t number) { writer_.Int64(number); }
    void put(int number) { writer_.Int(number); }
    void put(unsigned number) { writer_.Uint(number); }
    void put(const std::map<std::string, std::string>& map) {
        object([&] {
            for (const auto& [key, value] : map) member(key, value);
        });
    }
    template <typename Texts>
    requires std::same_as<typename Texts::value_type, std::string> &&
        (!std::same_as<Texts, std::string>)void put(const Texts& texts) {
        writer_.StartArray();
        for (const std::string& text : texts) put(text);
        writer_.EndArray();
    }

    std::string text() const { return {buffer_.GetString(), buffer_.GetSize()}; }

private:
    void put_key(std::string_view key) {
        writer_.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
    }

    using Buffer = rapidjson::GenericStringBuffer<rapidjson::UTF8<>, WipingJsonAllocator>;

    Buffer buffer_;  ///< wiped, because environments hold secrets
    rapidjson::Writer<Buffer> writer_{buffer_};
};

}  // namespace dockerext::apply
