#pragma once

#include "base/error.hpp"
#include "compose/node.hpp"

#include <string>
#include <string_view>

namespace dockerext::compose {

/// The value of a YAML scalar, with the rules of go-yaml v3 as Compose uses it: true and false are booleans,
/// yes and on are strings; 0x1F, 0o17, 017, 0b11 and 1_000 are whole numbers; a date is a string. `tag` is as
/// in YamlEvent. Fails with `invalid_input` when the text does not fit its tag.
Result<Node> yaml_scalar(std::string text, std::string_view tag, bool plain);

}  // namespace dockerext::compose
