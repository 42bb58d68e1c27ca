#pragma once

#include "compose/document.hpp"

namespace dockerext::compose {

/// Rewrites what docker-compose 1.x took in services at the top level, and later formats do not
/// (compose-semantics: files with services at the top level): `net`, `log_driver`, `log_opt`, `dockerfile`,
/// `volume_driver`, `volumes_from` with a container's name. A named volume is the engine's of that very name,
/// and needs no declaration.
void modernise(Sections& sections, Diagnostics& diagnostics);

}  // namespace dockerext::compose
