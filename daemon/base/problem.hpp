#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dockerext {

/// A problem at one place of a document.
struct Problem {
    std::string path;     ///< RFC 6901 pointer, "" for the whole document; in another file: PATH#POINTER
    std::string message;  ///< what was expected and found, and the remedy

    Problem() = default;
    Problem(std::string where, std::string what) : path(std::move(where)), message(std::move(what)) {}
    bool operator==(const Problem&) const = default;

    /// Converts to an `invalid_input` with the problem's text, for a reader that stops at the first problem.
    operator Error() const;
};

/// "/compose/web/image: expected string, found number"; "/: …" for the whole document.
std::string to_text(const Problem& problem);
/// The same, but the message alone for the whole document.
std::string message_of(const Problem& problem);

/// The return type of a reader of a document that says where it failed.
template <typename T>
using Read = boost::system::result<T, Problem>;

/// Called by Read::value() on a problem: a bug in the caller, hence an exception.
[[noreturn]] void throw_exception_from_error(const Problem& problem, const boost::source_location& where);

/// All problems of a document, in its order; empty means that it is valid. A reader continues after a
/// problem, so that a person sees all of them: up to a thousand, and up to 4 MiB. One last problem then says
/// that there are more.
class Problems {
public:
    void add(std::string path, std::string message);
    void add(Problem problem) { add(std::move(problem.path), std::move(problem.message)); }

    bool empty() const noexcept { return all_.empty(); }
    /// How many were added, kept or not.
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

/// One per line.
std::string to_text(const std::vector<Problem>& problems);

}  // namespace dockerext
