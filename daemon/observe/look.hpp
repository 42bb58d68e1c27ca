#pragma once

#include "base/json_document.hpp"
#include "base/task.hpp"
#include "engine/client.hpp"
#include "observe/marks.hpp"
#include "observe/project_snapshot.hpp"

#include <optional>

namespace dockerext::observe {

/// One refresh: whom it asks, what is marked, and the snapshot that it updates. All of it outlives the
/// coroutines that take a look, and so does the look.
struct Look {
    engine::Client& client;
    ProjectSnapshot& known;
    Marks& marks;
    std::optional<Error> first_transient_error{};  ///< of this refresh

    /// The engine gave no list of the kind.
    void record_unlisted(model::Subject::Kind kind, const Error& error);
    /// Notes an error that may also mean that the whole engine is gone or hangs.
    void suspect_outage(const Error& error);
};

/// The content of an answer.
template <typename T>
Result<T> read(Result<T> (*reader)(const JsonCursor&), const Result<JsonDocument>& document) {
    if (!document) return document.error();
    return reader(document->root());
}

Task<Result<>> refresh_engine(Look& look);
Task<void> refresh_networks(Look& look);
Task<void> refresh_volumes(Look& look);
Task<void> refresh_images(Look& look);

}  // namespace dockerext::observe
