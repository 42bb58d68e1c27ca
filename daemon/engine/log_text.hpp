#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dockerext::engine {

/// Takes the body of GET /containers/{id}/logs piece by piece and keeps its newest text: both streams in
/// their order, without the frames in which they come unless the container has a terminal (Engine API:
/// ContainerAttach, "Stream format"). Holds twice `limit` at most, however much comes.
class LogText {
public:
    explicit LogText(std::size_t limit) : limit_(limit) {}

    void take(std::string_view piece);

    /// Valid UTF-8 of about `limit` bytes at most. Where older text was left out, a first line says so and
    /// the text goes on with the beginning of a line, unless one line alone is longer.
    std::string text() const;

private:
    enum class Form { unknown, framed, plain };

    void take_framed(std::string_view piece);
    void keep(std::string_view text);

    std::size_t limit_;
    Form form_ = Form::unknown;
    std::string head_;         ///< of a frame, as far as it has come
    std::size_t payload_ = 0;  ///< bytes of the frame that are still to come
    std::string kept_;
    bool cut_ = false;
};

}  // namespace dockerext::engine
