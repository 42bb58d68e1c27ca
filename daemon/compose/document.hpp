#pragma once

#include "compose/diagnostics.hpp"
#include "compose/node.hpp"

namespace dockerext::compose {

/// The sections at the top level of a document; a missing section is empty.
struct Sections {
    Node::Map services, networks, volumes, configs, secrets;
};

/// Takes the sections out of the document, except `name`. A document without `services` has the old format:
/// every key but `version` and x-… is a service (compose-semantics: files with services at the top level). It
/// is converted to the current format.
Sections extract_sections(Node root, Diagnostics& diagnostics);

}  // namespace dockerext::compose
