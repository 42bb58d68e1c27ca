#pragma once

#include "compose/node.hpp"
#include "compose/report.hpp"

namespace dockerext::compose {

/// What the top level of a document says; empty where it says nothing.
struct Sections {
    Node::Map services, networks, volumes, configs, secrets;
    /// Services stood at the top level, as docker-compose 1.x had them: named volumes are then the engine's.
    bool old_format = false;
};

/// Takes the sections out of the document, its `name` aside. A document without `services` is of the old
/// format: every key but `version` and x-… is a service (compose-semantics: files with services at the top
/// level).
Sections take_sections(Node root, Report& report);

}  // namespace dockerext::compose
