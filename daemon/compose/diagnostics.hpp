#pragma once

#include "base/problem.hpp"
#include "compose/node.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::compose {

/// The problems and warnings about the document, collected while it is read.
struct Diagnostics {
    Problems problems;
    Problems warnings;
    static constexpr std::size_t expansion_limit = std::size_t{64} << 20;
    std::size_t spent = 0;  ///< in bytes, see spend()
    /// The pointers of all places that name an unset variable.
    std::set<std::string> unset;
    /// The texts that begin with an unset variable, by pointer. "$DATA/db" then becomes "/db".
    std::map<std::string, std::string> unset_prefixes;

    /// The texts with an empty or unset variable, by pointer; each with the first such variable.
    std::map<std::string, std::string> empty_variables;

    void problem(const Node& at, std::string message) { problems.add(at.pointer, std::move(message)); }
    void expected(const Node& at, std::string_view what);
    void warn(const Node& at, std::string_view message);
    /// Charges the document for the size that short notations expand to. False once the total exceeds the
    /// allowance.
    bool spend(std::size_t bytes) { return (spent += bytes) <= expansion_limit; }
    bool is_limit_exceeded() const { return spent > expansion_limit; }
    /// "; did you mean '…'?" or "". Always "" when there are many problems or known words, because the search
    /// is slow.
    std::string suggestion(std::string_view word, const std::vector<std::string_view>& known) const;
    /// The same for the keys of a map.
    template <typename Map>
    std::string suggestion_of_keys(std::string_view word, const Map& known) const;
    /// Reports a key that is not among `known`, the keys of `what`.
    void unknown_key(const Node& at, std::string_view key, std::string_view what,
                     const std::vector<std::string_view>& known);
    /// The problems, except those that the value of a variable might solve.
    Problems certain_problems() const;
    /// "; the variable TAG is empty" if the text has an empty variable; otherwise "".
    std::string empty_variable_in(const Node& text) const;
    /// Reports a path of the machine that begins with an unset variable, because the rest may be a different
    /// path, such as the machine's own /etc. Returns true if it reported one.
    bool refuse_unset_prefix(const Node& path);

private:
    /// Whether an unset variable is named at the pointer, above or below it.
    bool concerns_unset(const std::string& pointer) const;

    static constexpr std::size_t max_known_words = 1000;
};

template <typename Map>
std::string Diagnostics::suggestion_of_keys(std::string_view word, const Map& known) const {
    if (known.size() > max_known_words) return "";
    std::vector<std::string_view> names;
    names.reserve(known.size());
    for (const auto& [name, value] : known) names.push_back(name);
    return suggestion(word, names);
}

}  // namespace dockerext::compose
