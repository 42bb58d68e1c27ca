#pragma once

#include <string>
#include <string_view>

namespace dockerext::model {

/// What keeps a text from being an image reference, in words that follow "'nginx:' is no image reference: ";
/// "" when it is one: [REGISTRY/]NAME[:TAG][@DIGEST] by the grammar of the distribution project, as the
/// engine reads it, or an image's id.
std::string fault_of_reference(std::string_view reference);

}  // namespace dockerext::model
