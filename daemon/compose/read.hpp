#pragma once

#include "compose/diagnostics.hpp"
#include "compose/node.hpp"
#include "model/container_spec.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// Reads nodes as the types of the canonical model, following Compose's schema and conversions. A value that
/// does not fit is a problem, and leaves the target unchanged.
namespace dockerext::compose {

void read(const Node& node, std::string& into, Diagnostics& diagnostics);
/// A boolean, or a text of one; "yes" and "on" cause a warning.
void read(const Node& node, bool& into, Diagnostics& diagnostics);
void read(const Node& node, std::optional<bool>& into, Diagnostics& diagnostics);
/// A whole number, or a text of one.
void read(const Node& node, std::int64_t& into, Diagnostics& diagnostics);
void read(const Node& node, std::optional<std::int64_t>& into, Diagnostics& diagnostics);
/// A whole number from `low` to `high`.
template <std::int64_t low, std::int64_t high>
void read_within(const Node& node, std::int64_t& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    if (into < low || into > high) {
        diagnostics.problem(
            node, "expected a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    }
}
void read(const Node& node, float& into, Diagnostics& diagnostics);
void read_cpus(const Node& node, float& into, Diagnostics& diagnostics);
void read(const Node& node, std::optional<std::chrono::nanoseconds>& into, Diagnostics& diagnostics);
void read(const Node& node, model::Bytes& into, Diagnostics& diagnostics);
/// Distinct strings.
void read(const Node& node, std::vector<std::string>& into, Diagnostics& diagnostics);

/// Strings; of those that are equal up to "=", the last one stays.
void read_keyed(const Node& node, std::vector<std::string>& into, Diagnostics& diagnostics);
/// The same as read_keyed; a single string counts as a list of one.
void read_one_or_more(const Node& node, std::vector<std::string>& into, Diagnostics& diagnostics);

using StringMap = std::map<std::string, std::string>;
using OptionalStringMap = std::map<std::string, std::optional<std::string>>;

/// "K=V" strings, or a map of scalars; a key without a value has none. A key in a map must not be empty.
void read(const Node& node, OptionalStringMap& into, Diagnostics& diagnostics);
/// The same for variables: in a list, a blank before the "=" is a problem.
void read_variables(const Node& node, OptionalStringMap& into, Diagnostics& diagnostics);
/// The same, but a key without a value gets "".
void read(const Node& node, StringMap& into, Diagnostics& diagnostics);
/// A map of strings and numbers (driver_opts).
void read_options(const Node& node, StringMap& into, Diagnostics& diagnostics);
/// The same, but null becomes "" (logging.options).
void read_options_or_null(const Node& node, StringMap& into, Diagnostics& diagnostics);

/// The node as a map or list. If it is not one, returns null and reports a problem.
const Node::Map* expect_map(const Node& node, Diagnostics& diagnostics);
const Node::List* expect_list(const Node& node, Diagnostics& diagnostics);

}  // namespace dockerext::compose
