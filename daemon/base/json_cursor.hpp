#pragma once

#include "base/enum_names.hpp"
#include "base/error.hpp"
#include "base/problem.hpp"
#include "base/secret.hpp"

#include <rapidjson/fwd.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dockerext {

enum class JsonType { null, boolean, number, string, array, object };

constexpr auto names_of(JsonType) {
    using enum JsonType;
    return enum_names<JsonType>({{null, "null"},
                                 {boolean, "boolean"},
                                 {number, "number"},
                                 {string, "string"},
                                 {array, "array"},
                                 {object, "object"}});
}

/// A place in a JSON document that remembers its pointer (RFC 6901), so that every problem says where it is:
/// "/containers/0/image: expected string, found number". The document must outlive its cursors.
class JsonCursor {
public:
    explicit JsonCursor(const rapidjson::Value& root, std::string pointer = {})
        : value_(&root), pointer_(std::move(pointer)) {}

    JsonType type() const;
    bool is(JsonType wanted) const { return type() == wanted; }

    /// A member that must be there.
    Read<JsonCursor> at(std::string_view key) const;
    /// A member that may be absent.
    Read<std::optional<JsonCursor>> find(std::string_view key) const;
    Read<std::vector<JsonCursor>> items() const;
    /// The members of an object in the document's order.
    Read<std::vector<std::pair<std::string, JsonCursor>>> members() const;

    Read<std::string> string() const;
    /// A string that must stay secret.
    Read<Secret> secret() const;
    Read<std::int64_t> integer() const;
    Read<double> number() const;
    Read<bool> boolean() const;

    /// The value written as compact JSON.
    std::string text() const;

    const std::string& pointer() const noexcept { return pointer_; }
    Problem problem(std::string_view message) const;
    /// "expected `type`, found …"
    Problem expected(std::string_view type) const;

private:
    const rapidjson::Value* value_;
    std::string pointer_;
};

/// One token of a pointer, escaped as RFC 6901 asks.
std::string pointer_token(std::string_view token);

}  // namespace dockerext
