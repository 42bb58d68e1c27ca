#pragma once

#include "compose/document.hpp"

namespace dockerext::compose {

/// Converts what docker-compose 1.x accepted in services at the top level, and later formats do not
/// (compose-semantics: files with services at the top level): `net`, `log_driver`, `log_opt`, `dockerfile`,
/// `volume_driver`, `volumes_from` with a container's name. A named volume refers to the engine's volume with
/// exactly that name, and needs no declaration.
void convert_old_format(Sections& sections, Diagnostics& diagnostics);

}  // namespace dockerext::compose
