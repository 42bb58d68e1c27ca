#pragma once

#include "base/json_cursor.hpp"
#include "model/observed.hpp"

#include <map>
#include <string>
#include <vector>

namespace dockerext::observe {

/// The readable objects of a list, and by name the unreadable ones.
template <typename Object>
struct Listed {
    std::vector<Object> objects;
    std::map<std::string, Error> unreadable;
};

/// GET /networks.
Result<Listed<model::ObservedNetwork>> read_networks(const JsonCursor& list);
/// GET /volumes.
Result<Listed<model::ObservedVolume>> read_volumes(const JsonCursor& list);

}  // namespace dockerext::observe
