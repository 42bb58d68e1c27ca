#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dockerext {

/// What is wrong at one place of a document.
struct Problem {
    std::string
        path;  ///< RFC 6901 pointer; "" is the whole document; in another file: its path, '#', pointer
    std::string message;  ///< what was expected and found, and the remedy

    Problem() = default;
    Problem(std::string where, std::string what) : path(std::move(where)), message(std::move(what)) {}
    bool operator==(const Problem&) const = default;

    /// An invalid_input of its text, for whoever stops at the first problem and returns it like any error.
    operator Error() const;
};

/// "/compose/web/image: expected string, found number"; "/: …" for the whole document.
std::string to_text(const Problem& problem);

/// What a reader of a document returns that says where it failed.
template <typename T>
using Read = boost::system::result<T, Problem>;

/// Called by Read::value() on a problem: a bug in the caller, hence an exception.
[[noreturn]] void throw_exception_from_error(const Problem& problem, const boost::source_location& where);

/// All that is wrong with a document, in its order; empty means it is fine. A reader goes on after
/// a problem, so that a person sees them all at once: a thousand of them, and no more than 4 MiB. Then one
/// last problem says that there are more.
class Problems {
public:
    void add(std::string path, std::string message);
    void add(Problem problem) { add(std::move(problem.path), std::move(problem.message)); }

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

/// One a line.
std::string to_text(const std::vector<Problem>& problems);

}  // namespace dockerext
