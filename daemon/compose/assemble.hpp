#pragma once

#include "compose/interpolate.hpp"
#include "compose/sources.hpp"

#include <string>
#include <vector>

namespace dockerext::compose {

/// What a text of the model is read with.
struct Scope {
    Environment environment;
    std::string directory;           ///< absolute; what its relative paths are relative to
    std::vector<std::string> files;  ///< the files that led here, each included by the one before
};

/// The services of a document, be it of the old format, which has nothing but them; null where there is no
/// map.
Node::Map* services_of(Node& document);

/// One document of several: variables replaced, `extends` and `include` carried out, and each laid over the
/// ones before.
Node assemble(std::vector<Node> documents, const Scope& scope, Sources& sources, Diagnostics& diagnostics);

/// The same, without `extends` and `include`, and with what !reset and !override may yet do to a service that
/// is extended.
Node interpolated(std::vector<Node> documents, const Scope& scope, Diagnostics& diagnostics);

}  // namespace dockerext::compose
