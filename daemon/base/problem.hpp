#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

/// What is wrong at one place of a document.
struct Problem {
    std::string
        path;  ///< RFC 6901 pointer; "" is the whole document; in another file: its path, '#', pointer
    std::string message;  ///< what was expected and found, and the remedy
    bool operator==(const Problem&) const = default;
};

/// All that is wrong with a document, in its order; empty means it is fine. A reader goes on after
/// a problem, so that a person sees them all at once: a thousand of them, and no more than 4 MiB. Then one
/// last problem says that there are more.
class Problems {
public:
    void add(std::string path, std::string message);
    /// An error of a JsonCursor, whose text begins with its pointer.
    void add(const Error& error);

    bool empty() const noexcept { return all_.empty(); }
    /// How many were added; not all of them need be kept.
    std::size_t count() const noexcept { return count_; }
    const std::vector<Problem>& all() const noexcept { return all_; }

private:
    std::vector<Problem> all_;
    std::size_t count_ = 0;
    std::size_t bytes_ = 0;
    bool full_ = false;
};

class JsonWriter;

/// The member `key`: [{"path","message"}, …].
void write_problems(JsonWriter& json, std::string_view key, const std::vector<Problem>& problems);

/// "/compose/web/image: expected string, found number", one a line.
std::string to_text(const std::vector<Problem>& problems);

}  // namespace dockerext
