#pragma once

#include "compose/interpolate.hpp"
#include "compose/sources.hpp"

#include <string>
#include <vector>

namespace dockerext::compose {

/// The context in which a text of the model is read.
struct Scope {
    Environment environment;
    std::string directory;           ///< absolute; the base of its relative paths
    std::vector<std::string> files;  ///< the chain of files that led here, each included by the one before
};

/// The services of a document: the section `services`, or the whole map of a document in the old format. Null
/// if there is no map.
Node::Map* services_of(Node& document);

/// Merges several documents into one: replaces variables, applies `extends` and `include`, and merges each
/// document over the previous ones.
Node assemble(std::vector<Node> documents, const Scope& scope, Sources& sources, Diagnostics& diagnostics);

/// The same without `extends` and `include`. The result keeps !reset and !override marks, which may still
/// change a service that is extended.
Node interpolated(std::vector<Node> documents, const Scope& scope, Diagnostics& diagnostics);

}  // namespace dockerext::compose
