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

/// What a person should be told about the document, collected while it is read.
struct Diagnostics {
    Problems problems;
    Problems warnings;
    static constexpr std::size_t allowance = std::size_t{64} << 20;
    std::size_t spent = 0;  ///< bytes, see spend()
    /// The pointers of what names a variable that is not set.
    std::set<std::string> unset;
    /// The texts that begin with a variable without a value, by pointer: "$DATA/db" is then "/db".
    std::map<std::string, std::string> unset_starts;

    /// The texts with a variable whose value is empty, or that has none, by pointer; the first such variable.
    std::map<std::string, std::string> empty_variables;

    void problem(const Node& at, std::string message) { problems.add(at.pointer, std::move(message)); }
    void expected(const Node& at, std::string_view what);
    void warn(const Node& at, std::string_view message);
    /// Charges the document for what short spellings grow into; false when it has become unreasonable.
    bool spend(std::size_t bytes) { return (spent += bytes) <= allowance; }
    bool spent_all() const { return spent > allowance; }
    /// "; did you mean '…'?" or "". Nothing once there are many problems, or too many words: searching takes
    /// its time.
    std::string suggestion(std::string_view word, const std::vector<std::string_view>& known) const;
    /// The same, of the keys of a map.
    template <typename Map>
    std::string suggestion_of_keys(std::string_view word, const Map& known) const;
    /// A key that is not one of `known`, the keys of `what`.
    void unknown_key(const Node& at, std::string_view key, std::string_view what,
                     const std::vector<std::string_view>& known);
    /// The problems but for those that a variable's value might solve.
    Problems certain_problems() const;
    /// "; the variable TAG is empty" where one in this text is; "" elsewhere.
    std::string empty_variable_in(const Node& text) const;
    /// A path of the machine that begins with a variable without a value is a problem: what is left of it
    /// leads elsewhere, to the machine's own /etc perhaps. True when it is one.
    bool refuse_unset_start(const Node& path);

private:
    /// What names a variable that is not set stands at the pointer, above or below it.
    bool concerns_unset(const std::string& pointer) const;

    static constexpr std::size_t most_known = 1000;
};

template <typename Map>
std::string Diagnostics::suggestion_of_keys(std::string_view word, const Map& known) const {
    if (known.size() > most_known) return "";
    std::vector<std::string_view> names;
    for (const auto& [name, value] : known) names.push_back(name);
    return suggestion(word, names);
}

}  // namespace dockerext::compose
