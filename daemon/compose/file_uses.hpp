#pragma once

#include "compose/load.hpp"
#include "compose/project.hpp"

#include <string_view>

namespace dockerext::compose {

/// Reports why a service cannot use a config or secret as it is written. `what` is "config" or "secret".
void check_file_use(const Service& service, const FileReference& file, const FileObject& object,
                    std::string_view what, Form form, Diagnostics& diagnostics);

}  // namespace dockerext::compose
