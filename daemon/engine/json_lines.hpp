#pragma once

#include "base/http_client.hpp"
#include "base/json_document.hpp"
#include "base/redactor.hpp"

#include <optional>
#include <string>

namespace dockerext::engine {

/// A stream of JSON values, one a line, as the engine sends events and the progress of pulls.
class JsonLines {
public:
    /// `redact` hides what errors quote.
    JsonLines(HttpStream stream, Redactor redact) : stream_(std::move(stream)), redact_(std::move(redact)) {}

    /// The next value; none at the stream's proper end. `inactivity` limits each wait for more. Fails with
    /// `unavailable` for a line that is longer than 1 MiB or not JSON.
    Task<Result<std::optional<JsonDocument>>> next(Duration inactivity);

private:
    std::optional<std::string> take_line();

    HttpStream stream_;
    Redactor redact_;
    std::string pending_;       ///< received and not yet given out
    std::size_t searched_ = 0;  ///< so much of `pending_` has no line end
    bool ended_ = false;
};

}  // namespace dockerext::engine
