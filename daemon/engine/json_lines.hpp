#pragma once

#include "base/http_client.hpp"
#include "base/json_document.hpp"
#include "base/redactor.hpp"

#include <optional>
#include <string>

namespace dockerext::engine {

/// A stream of JSON values, one per line: the engine's events, or the progress of a pull.
class JsonLines {
public:
    /// `redact` hides secrets in text that errors quote.
    JsonLines(HttpStream stream, Redactor redact) : stream_(std::move(stream)), redact_(std::move(redact)) {}

    /// The next value; nullopt at the stream's regular end. `inactivity` limits each wait for more. Fails
    /// with `unavailable` for a line that is longer than 1 MiB or not JSON.
    Task<Result<std::optional<JsonDocument>>> next(Duration inactivity);

private:
    std::optional<std::string> next_line();

    HttpStream stream_;
    Redactor redact_;
    std::string pending_;       ///< received but not yet returned
    std::size_t searched_ = 0;  ///< this many bytes of `pending_` contain no line end
    bool ended_ = false;
};

}  // namespace dockerext::engine
