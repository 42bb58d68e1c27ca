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

/// Nodes read as the types of the canonical model, as Compose's schema and casts have it. What does not
/// fit is a problem, and leaves the target as it was.
namespace dockerext::compose {

void read(const Node& node, std::string& into, Diagnostics& diagnostics);
/// A boolean, or its text; "yes" and "on" with a warning.
void read(const Node& node, bool& into, Diagnostics& diagnostics);
void read(const Node& node, std::optional<bool>& into, Diagnostics& diagnostics);
/// A whole number or its text.
void read(const Node& node, std::int64_t& into, Diagnostics& diagnostics);
void read(const Node& node, std::optional<std::int64_t>& into, Diagnostics& diagnostics);
/// One from `low` to `high`.
template <std::int64_t low, std::int64_t high>
void read_within(const Node& node, std::int64_t& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    if (into < low || into > high) {
        diagnostics.problem(
            node, "expected a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    }
}
void read(const Node& node, float& into, Diagnostics& diagnostics);
void read(const Node& node, std::optional<std::chrono::nanoseconds>& into, Diagnostics& diagnostics);
void read(const Node& node, model::Bytes& into, Diagnostics& diagnostics);
/// Distinct strings.
void read(const Node& node, std::vector<std::string>& into, Diagnostics& diagnostics);

/// Strings; of those alike up to a "=", the last stays.
void read_keyed(const Node& node, std::vector<std::string>& into, Diagnostics& diagnostics);
/// As read_keyed; a lone string is a list of one.
void read_one_or_more(const Node& node, std::vector<std::string>& into, Diagnostics& diagnostics);

using Texts = std::map<std::string, std::string>;
using MaybeTexts = std::map<std::string, std::optional<std::string>>;

/// "K=V" strings, or a map of scalars; a key without a value is none. A map's key is not empty.
void read(const Node& node, MaybeTexts& into, Diagnostics& diagnostics);
/// The same for variables: in a list, a blank before the "=" is a mistake.
void read_variables(const Node& node, MaybeTexts& into, Diagnostics& diagnostics);
/// The same; a key without a value is "".
void read(const Node& node, Texts& into, Diagnostics& diagnostics);
/// A map of strings and numbers (driver_opts).
void read_options(const Node& node, Texts& into, Diagnostics& diagnostics);
/// The same, null being "" (logging.options).
void read_options_or_null(const Node& node, Texts& into, Diagnostics& diagnostics);

/// The node as a map or list; null, and a problem, when it is not.
const Node::Map* expect_map(const Node& node, Diagnostics& diagnostics);
const Node::List* expect_list(const Node& node, Diagnostics& diagnostics);

}  // namespace dockerext::compose
