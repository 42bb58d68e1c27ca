#pragma once

#include "engine/redacted_tail.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace dockerext::engine {

/// Takes the body of GET /containers/{id}/logs in pieces and keeps its newest text: both streams in order,
/// without the frames around them, which only a container with a terminal does not have (Engine API:
/// ContainerAttach, "Stream format"). Secrets are hidden.
class LogText {
public:
    LogText(std::size_t limit, Redactor redact) : limit_(limit), tail_(limit, std::move(redact)) {}

    void take(std::string_view piece);

    /// Valid UTF-8 of about `limit` bytes at most. If older text was dropped, a first line says so, and the
    /// text continues at the beginning of a line, unless a single line is longer.
    std::string text() const;

private:
    enum class Form { unknown, framed, plain };

    void append_framed(std::string_view piece);

    std::size_t limit_;
    Form form_ = Form::unknown;
    std::string head_;         ///< the part of a frame's head that has arrived
    std::size_t payload_ = 0;  ///< bytes of the frame that have not arrived yet
    RedactedTail tail_;
};

}  // namespace dockerext::engine
