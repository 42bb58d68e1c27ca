#pragma once

#include "base/json_cursor.hpp"
#include "base/problem.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

/// Reads one JSON object member by member, and collects every problem instead of stopping at the first. A
/// member that was never asked for is a problem at `finish`, which names the most similar member that was. A
/// wrong type is a problem and reads as absent. The document and `problems` must outlive the reader.
class ObjectReader {
public:
    /// Anything but an object is a problem, and then reads as an object without members.
    ObjectReader(JsonCursor object, Problems& problems);

    /// The member, if present; null counts as absent.
    std::optional<JsonCursor> take(std::string_view key);

    std::optional<std::string> string(std::string_view key);
    std::optional<Secret> secret(std::string_view key);
    std::optional<std::int64_t> integer(std::string_view key);
    std::optional<bool> boolean(std::string_view key);
    std::vector<std::string> strings(std::string_view key);  ///< array of strings; [] when absent

    /// Reports every member that was not asked for; `what` names the object: "unknown key of docker".
    void finish(std::string_view what);

    const JsonCursor& cursor() const noexcept { return object_; }

private:
    JsonCursor object_;
    Problems& problems_;
    std::vector<std::string> requested_;
};

}  // namespace dockerext
