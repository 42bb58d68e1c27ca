#pragma once

#include "compose/service.hpp"

#include <string>

namespace dockerext::compose {

/// The JSON of a resolved service. Its SHA-256 is Compose's config-hash (compose-semantics: config-hash).
std::string hash_document(const Service& service);

}  // namespace dockerext::compose
