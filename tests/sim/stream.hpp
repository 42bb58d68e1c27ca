#pragma once

#include "base/error.hpp"
#include "base/http_client.hpp"
#include "base/timer.hpp"

#include <deque>
#include <functional>
#include <string>

namespace dockerext::sim {

// The daemon's ends of its connections to the engine. The daemon's coroutines own them; all others hold weak
// pointers.

/// A call that is waiting for its answer.
struct Call {
    Timer timer;
    Result<HttpResponse> result = Error(ErrorKind::timeout, "no answer");

    void answer(Result<HttpResponse> with) {
        result = std::move(with);
        timer.wake();
    }
};

/// An answer that arrives in pieces.
struct Stream {
    Timer timer;
    std::deque<std::string> pieces{};
    bool closed = false;  ///< the answer ends after these pieces
    bool broken = false;  ///< the connection is lost

    void push(std::string piece) {
        pieces.push_back(std::move(piece));
        timer.wake();
    }
    void close() {
        closed = true;
        timer.wake();
    }
    void cut() {
        pieces.clear();
        broken = true;
        timer.wake();
    }
};

}  // namespace dockerext::sim
