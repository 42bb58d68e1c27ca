#include "engine/images.hpp"

#include "base/url.hpp"
#include "engine/api_call.hpp"
#include "engine/image_reference.hpp"
#include "engine/json_lines.hpp"
#include "engine/pull_progress.hpp"
#include "engine/response.hpp"

namespace dockerext::engine {
namespace {

/// Docker's placeholder for an image without a name.
bool is_nameless(std::string_view ref) { return ref.starts_with("<none>") || ref.ends_with("<none>"); }

Result<std::map<std::string, std::string>> references_in(const JsonDocument& list) {
    const auto items = list.root().items();
    if (!items) return Error(ErrorKind::unavailable, to_text(items.error()));
    std::map<std::string, std::string> ids;
    for (const JsonCursor& image : *items) {
        const std::string id = string_in(image, "Id");
        for (const std::string_view key : {"RepoTags", "RepoDigests"}) {
            for (const std::string& ref : strings_in(image, key)) {
                if (!is_nameless(ref)) ids.emplace(ref, id);
            }
        }
    }
    return ids;
}

HttpRequest pull_request(std::string_view ref, const std::optional<Secret>& auth, std::string_view platform) {
    const ImageReference image = split_reference(ref);
    HttpRequest request{"POST", {}, {}, {}};
    request.target = "/images/create?fromImage=" + percent_encoded(image.repository) +
                     "&tag=" + percent_encoded(image.tag);
    if (!platform.empty()) request.target += "&platform=" + percent_encoded(platform);
    if (auth) request.headers.emplace_back("X-Registry-Auth", auth->reveal());
    return request;
}

constexpr std::size_t max_output = 1000;

/// The last output of the build, redacted first and then cut at the beginning of a line.
class Tail {
public:
    explicit Tail(const Redactor& redact) : redact_(redact), kept_(max_output + redact.max_match_size()) {}

    void append(std::string_view text) {
        output_ += text;
        if (output_.size() > 4 * kept_) output_.erase(0, output_.size() - kept_);
    }
    std::string text() const {
        const std::string all = redact_(output_);
        if (all.size() <= max_output) return on_one_line(all);
        const std::string last = all.substr(all.size() - max_output);
        return on_one_line(last.substr(last.find('\n') + 1));
    }

private:
    Redactor redact_;
    std::size_t kept_;
    std::string output_;
};

Error failure(const std::string& message, const Tail& tail) {
    const std::string output = tail.text();
    return {ErrorKind::unavailable, output.empty() ? message : message + "; its last output: " + output};
}

}  // namespace

Task<Result<JsonDocument>> inspect_image(Client& client, std::string ref) {
    HttpRequest request{"GET", "/images/" + percent_encoded(ref) + "/json", {}, {}};
    return get_json(client, std::move(request), "inspect image " + ref);
}

Task<Result<std::map<std::string, std::string>>> list_images(Client& client) {
    HttpRequest request{"GET", "/images/json?digests=1", {}, {}};
    const auto list = co_await get_json(client, std::move(request), "list images");
    if (!list) co_return list.error();
    auto ids = references_in(*list);
    if (!ids) co_return ids.error().within("list images");
    co_return ids;
}

Task<Result<std::string>> registry_digest(Client& client, std::string ref, std::optional<Secret> auth) {
    HttpRequest request{"GET", "/distribution/" + ref + "/json", {}, {}};
    if (auth) request.headers.emplace_back("X-Registry-Auth", auth->reveal());
    const std::string doing = "ask the registry of " + ref;
    const auto answer = co_await get_json(client, std::move(request), doing);
    if (!answer) co_return answer.error();
    const auto descriptor = answer->root().find("Descriptor");
    const std::string digest = descriptor && *descriptor ? string_in(**descriptor, "digest") : "";
    if (digest.empty())
        co_return Error(ErrorKind::unavailable, doing + ": the engine's answer has no digest");
    co_return digest;
}

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
        const Result<> added = tally.add((*line)->root());
        if (!added) co_return redacted(added.error(), client.redact()).within(doing);
        if (progress) progress(tally.progress());
    }
}

Task<Result<>> build_image(Client& client, std::string ref, std::string query,
                           std::function<Task<Result<std::string>>()> context, std::optional<Secret> auth) {
    const std::string doing = "build " + ref;
    HttpRequest request{"POST", "/build?version=1&" + query, {}, {}, "application/x-tar", std::move(context)};
    if (auth) request.headers.emplace_back("X-Registry-Config", auth->reveal());
    auto stream = co_await client.open(std::move(request), limits::build_inactivity);
    if (!stream) co_return stream.error().within(doing);

    JsonLines lines(std::move(*stream), client.redact());
    Tail tail(client.redact());
    for (;;) {
        const auto line = co_await lines.next(limits::build_inactivity.time);
        if (!line) co_return line.error().within(doing);
        if (!*line) co_return Result<>{};
        const JsonCursor message = (*line)->root();
        if (const std::string error = failure_in(message); !error.empty())
            co_return failure(client.redact()(error), tail).within(doing);
        tail.append(string_in(message, "stream"));
    }
}

}  // namespace dockerext::engine
