#pragma once

#include "compose/diagnostics.hpp"
#include "compose/node.hpp"

namespace dockerext::compose {

/// What the top level of a document says; empty where it says nothing.
struct Sections {
    Node::Map services, networks, volumes, configs, secrets;
};

/// Takes the sections out of the document, its `name` aside. A document without `services` is of the old
/// format: every key but `version` and x-… is a service (compose-semantics: files with services at the top
/// level), and is made one of today's.
Sections take_sections(Node root, Diagnostics& diagnostics);

}  // namespace dockerext::compose
