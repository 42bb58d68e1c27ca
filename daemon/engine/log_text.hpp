#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dockerext::engine {

/// Takes the body of GET /containers/{id}/logs in pieces and keeps its newest text: both streams in order,
/// without the frames around them, which only a container with a terminal does not have (Engine API:
/// ContainerAttach, "Stream format"). Holds at most twice `limit`, however much arrives.
class LogText {
public:
    explicit LogText(std::size_t limit) : limit_(limit) {}

    void take(std::string_view piece);

    /// Valid UTF-8 of about `limit` bytes at most. If older text was dropped, a first line says so, and the
    /// text continues at the beginning of a line, unless a single line is longer.
    std::string text() const;

private:
    enum class Form { unknown, framed, plain };

    void append_framed(std::string_view piece);
    void append_text(std::string_view text);

    std::size_t limit_;
    Form form_ = Form::unknown;
    std::string head_;         ///< the part of a frame's head that has arrived
    std::size_t payload_ = 0;  ///< bytes of the frame that have not arrived yet
    std::string kept_;
    bool cut_ = false;
};

}  // namespace dockerext::engine
