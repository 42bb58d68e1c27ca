#pragma once

#include <string>
#include <vector>

namespace dockerext::model {

/// Who asks for a removal. by_settings: it is done only if they do.
enum class Asked { by_operator, by_settings };

/// What was undone of what the daemon has made of the machine.
struct Removal {
    std::vector<std::string> done;  ///< "remove docker.io", for people
    std::string skip_reason;        ///< why nothing was done; "" if something was
};

}  // namespace dockerext::model
