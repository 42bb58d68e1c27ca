#include "base/url.hpp"
#include "engine/answer.hpp"
#include "engine/image_reference.hpp"
#include "engine/images.hpp"
#include "engine/json_lines.hpp"
#include "engine/pull_progress.hpp"

namespace dockerext::engine {
namespace {

HttpRequest pull_request(std::string_view ref, const std::optional<Secret>& auth, std::string_view platform) {
    const ImageReference image = split_reference(ref);
    HttpRequest request{"POST", {}, {}, {}};
    request.target = "/images/create?fromImage=" + percent_encoded(image.repository) +
                     "&tag=" + percent_encoded(image.tag);
    if (!platform.empty()) request.target += "&platform=" + percent_encoded(platform);
    if (auth) request.headers.emplace_back("X-Registry-Auth", auth->reveal());
    return request;
}

}  // namespace

Task<Result<>> pull_image(Client& client, std::string ref, std::optional<Secret> auth,
                          std::function<void(const PullProgress&)> progress, std::string platform) {
    const std::string doing = "pull " + ref;
    auto stream = co_await client.open(pull_request(ref, auth, platform), limits::pull_inactivity);
    if (!stream) co_return stream.error().within(doing);

    JsonLines lines(std::move(*stream), client.redact());
    PullTally tally;
    for (;;) {
        const auto line = co_await lines.next(limits::pull_inactivity.time);
        if (!line) co_return line.error().within(doing);
        if (!*line) co_return Result<>{};
        const Result<> taken = tally.take((*line)->root());
        if (!taken) co_return redacted(taken.error(), client.redact()).within(doing);
        if (progress) progress(tally.progress());
    }
}

}  // namespace dockerext::engine
