#include "engine/pull_progress.hpp"

#include "engine/response.hpp"

#include <algorithm>

namespace dockerext::engine {
namespace {

std::uint64_t count_in(const JsonCursor& line, std::string_view key) {
    const auto detail = object_in(line, "progressDetail");
    return detail ? static_cast<std::uint64_t>(std::max<std::int64_t>(integer_in(*detail, key), 0)) : 0;
}

bool is_downloaded(std::string_view status) {
    return status == "Verifying Checksum" || status == "Download complete" || status == "Extracting";
}

bool is_complete(std::string_view status) { return status == "Pull complete" || status == "Already exists"; }

bool is_waiting(std::string_view status) {
    return status == "Pulling fs layer" || status == "Waiting" || status.starts_with("Retrying in");
}

}  // namespace

Result<> PullTally::add(const JsonCursor& line, const Redactor& redact) {
    std::string failure = failure_in(line, redact);
    if (!failure.empty()) return Error(ErrorKind::unavailable, std::move(failure));
    const std::string id = string_in(line, "id");
    const std::string status = string_in(line, "status");
    constexpr std::string_view digest = "Digest: ";
    if (status.starts_with(digest)) pulled_.digest = status.substr(digest.size());
    if (status.starts_with("Status: Downloaded newer image")) pulled_.is_new = true;
    if (is_waiting(status)) {
        layers_[id];
    } else if (status == "Downloading") {
        layers_[id] = {count_in(line, "current"), count_in(line, "total"), false};
    } else if (is_downloaded(status) || is_complete(status)) {
        Layer& layer = layers_[id];
        layer.done = layer.total;  // unpacking counts the same bytes from 0 again
        layer.complete = is_complete(status);
    }
    return {};
}

PullProgress PullTally::progress() const {
    PullProgress sum;
    for (const auto& [id, layer] : layers_) {
        if (layer.total > 0) {
            sum.done_bytes += layer.done;
            sum.total_bytes += layer.total;
        }
        sum.done_layers += layer.complete ? 1 : 0;
        ++sum.total_layers;
    }
    return sum;
}

}  // namespace dockerext::engine
