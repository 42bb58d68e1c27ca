#pragma once

#include "base/json_cursor.hpp"
#include "engine/images.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace dockerext::engine {

/// Adds up the progress of a pull's layers.
class PullTally {
public:
    /// Takes one line of progress. An error is the failure of the pull, as the engine or the registry reports
    /// it, redacted.
    Result<> add(const JsonCursor& line, const Redactor& redact);

    PullProgress progress() const;
    const Pulled& pulled() const noexcept { return pulled_; }

private:
    struct Layer {
        std::uint64_t done = 0;
        std::uint64_t total = 0;  ///< 0 while unknown
        bool complete = false;
    };
    std::map<std::string, Layer> layers_;
    Pulled pulled_;
};

}  // namespace dockerext::engine
