#pragma once

#include "base/json_cursor.hpp"
#include "engine/images.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace dockerext::engine {

/// Adds up what the lines of a pull tell about its layers.
class PullTally {
public:
    /// Takes a line in. An error is the pull's failure, told by the engine or the registry.
    Result<> take(const JsonCursor& line);

    PullProgress progress() const;

private:
    struct Layer {
        std::uint64_t done = 0;
        std::uint64_t total = 0;  ///< 0 while unknown
        bool complete = false;
    };
    std::map<std::string, Layer> layers_;
};

}  // namespace dockerext::engine
