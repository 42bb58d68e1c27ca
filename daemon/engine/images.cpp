#include "engine/images.hpp"

#include "base/url.hpp"
#include "engine/api_call.hpp"
#include "engine/containers.hpp"
#include "engine/image_reference.hpp"
#include "engine/json_lines.hpp"
#include "engine/plain_message.hpp"
#include "engine/pull_progress.hpp"
#include "engine/redacted_tail.hpp"
#include "engine/response.hpp"

#include <algorithm>

namespace dockerext::engine {
namespace {

/// Docker's placeholder for an image without a name.
bool is_nameless(std::string_view ref) { return ref.starts_with("<none>") || ref.ends_with("<none>"); }

std::vector<std::string> names_in(const JsonCursor& image, std::string_view key) {
    std::vector<std::string> names = strings_in(image, key);
    std::erase_if(names, is_nameless);
    return names;
}

Result<std::vector<ImageSummary>> images_in(const JsonDocument& list) {
    const auto items = list.root().items();
    if (!items) return Error(ErrorKind::unavailable, to_text(items.error()));
    std::vector<ImageSummary> images;
    for (const JsonCursor& image : *items) {
        const std::int64_t size = integer_in(image, "Size");
        images.push_back({.id = string_in(image, "Id"),
                          .tags = names_in(image, "RepoTags"),
                          .digests = names_in(image, "RepoDigests"),
                          .size = static_cast<std::uint64_t>(std::max<std::int64_t>(size, 0))});
    }
    return images;
}

Task<Result<std::vector<ImageSummary>>> list(Client& client, std::string query) {
    HttpRequest request{"GET", "/images/json?" + query, {}, {}};
    const auto document = co_await get_json(client, std::move(request), "list images");
    if (!document) co_return document.error();
    auto images = images_in(*document);
    if (!images) co_return images.error().within("list images");
    co_return images;
}

std::string path_of_image(std::string_view reference) { return "/images/" + percent_encoded(reference); }

/// "812 MB", rounded up.
std::string megabytes(std::uint64_t bytes) {
    constexpr std::uint64_t megabyte = 1'000'000;
    return std::to_string((bytes + megabyte - 1) / megabyte) + " MB";
}

constexpr std::string_view too_little_space = ", but the engine's disk had ";

/// Layers only grow when they are unpacked, so what has to be downloaded is the least that the image needs.
Result<> check_room(const PullProgress& progress, const RoomForPull& room) {
    const auto free_bytes = room ? room(progress) : std::nullopt;
    if (!free_bytes || progress.total_bytes <= *free_bytes) return {};
    return Error(ErrorKind::unavailable,
                 "the image needs at least " + megabytes(progress.total_bytes) +
                     std::string(too_little_space) + megabytes(*free_bytes) +
                     " free for it: free some space there, or let unused images go (reconcile.images)");
}

/// The id in a line such as " ---> 1f3a5c9e0b12" of the classic builder; "" for any other line.
std::string_view image_in(std::string_view output) {
    constexpr std::string_view arrow = " ---> ";
    constexpr std::size_t id_size = 12;
    if (!output.starts_with(arrow)) return {};
    output.remove_prefix(arrow.size());
    const bool is_line = output.size() == id_size + 1 && output.back() == '\n';
    const std::string_view id = output.substr(0, is_line ? id_size : 0);
    return id.find_first_not_of("0123456789abcdef") == std::string_view::npos ? id : std::string_view();
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

Error with_advice(const Error& error, ErrorKind kind) {
    const std::string advice = pull_advice(error.message());
    return {kind, error.message() + (advice.empty() ? "" : "; " + advice)};
}

/// Engines answer 500, or end the stream with a failure, for registries whose 404 they cannot read in full.
Error failed_pull(const Error& error) {
    constexpr std::string_view server_error = " (500)", not_found = "not found";
    std::string_view message = error.message();
    if (message.ends_with(server_error)) message.remove_suffix(server_error.size());
    const bool is_absent = message.find("manifest unknown") != std::string_view::npos ||
                           message.find("name unknown") != std::string_view::npos ||
                           message.ends_with(not_found);
    const bool has_other_kind = error.kind() == ErrorKind::unavailable;
    return with_advice(error, is_absent && has_other_kind ? ErrorKind::not_found : error.kind());
}

std::vector<ImagePlatform> platforms_in(const JsonCursor& answer) {
    const auto member = answer.find("Platforms");
    const auto list = member && *member ? (*member)->items() : Read<std::vector<JsonCursor>>();
    std::vector<ImagePlatform> platforms;
    if (!list) return platforms;
    for (const JsonCursor& platform : *list)
        platforms.push_back({string_in(platform, "architecture"), string_in(platform, "os")});
    return platforms;
}

Result<RegistryImage> registry_image_in(const JsonCursor& answer) {
    const auto descriptor = object_in(answer, "Descriptor");
    std::string digest = descriptor ? string_in(*descriptor, "digest") : "";
    if (digest.empty()) return Error(ErrorKind::unavailable, "the engine's answer has no digest");
    return RegistryImage{.digest = std::move(digest), .platforms = platforms_in(answer)};
}

/// Why somebody may still need the image; none if nobody seems to.
Task<Result<>> check_unused(Client& client, const JsonDocument& image, std::string id,
                            const std::set<std::string>& known_names) {
    for (const char* key : {"RepoTags", "RepoDigests"}) {
        for (const std::string& name : names_in(image.root(), key)) {
            if (!known_names.contains(name)) co_return Error(ErrorKind::conflict, "it is also named " + name);
        }
    }
    const auto users = co_await list_containers_of_image(client, std::move(id));
    if (!users) co_return users.error();
    if (users->empty()) co_return Result<>();
    const auto& names = users->front().names;
    co_return Error(
        ErrorKind::conflict,
        "container " + (names.empty() ? short_id(users->front().id) : names.front()) + " uses it");
}

constexpr std::size_t max_output = 1000;

Error failure(const std::string& message, const RedactedTail& build_output) {
    const std::string output = on_one_line(build_output.text().text);
    return {ErrorKind::unavailable, output.empty() ? message : message + "; its last output: " + output};
}

}  // namespace

/// The engine reports it as any other failure, in the words of its system call.
bool is_lack_of_space(std::string_view message) {
    return message.find("no space left on device") != std::string_view::npos ||
           message.find(too_little_space) != std::string_view::npos;
}

Task<Result<JsonDocument>> inspect_image(Client& client, std::string ref) {
    HttpRequest request{"GET", path_of_image(ref) + "/json", {}, {}};
    return get_json(client, std::move(request), "inspect image " + ref);
}

Task<Result<std::vector<ImageSummary>>> list_images(Client& client) { return list(client, "digests=1"); }

Task<Result<std::vector<ImageSummary>>> list_all_images(Client& client) {
    return list(client, "all=1&digests=1");
}

Task<Result<RegistryImage>> registry_image(Client& client, std::string ref, std::optional<Secret> auth) {
    HttpRequest request{"GET", "/distribution/" + ref + "/json", {}, {}};
    if (auth) request.headers.emplace_back("X-Registry-Auth", auth->reveal());
    const std::string doing = "ask the registry of " + ref;
    const auto response = co_await client.call(std::move(request), limits::registry);
    if (!response) co_return with_advice(response.error(), response.error().kind()).within(doing);
    const auto answer = JsonDocument::parse(response->body);
    if (!answer) co_return answer.error().within(doing);
    auto image = registry_image_in(answer->root());
    if (!image) co_return image.error().within(doing);
    co_return image;
}

Task<Result<std::string>> registry_digest(Client& client, std::string ref, std::optional<Secret> auth) {
    const auto image = co_await registry_image(client, std::move(ref), std::move(auth));
    if (!image) co_return image.error();
    co_return image->digest;
}

/// By its id: a removal by name takes the name away even if the image then has to stay. An image with several
/// names is not removed by its id, so all but one of them go first, after a look at who uses it now.
Task<Result<>> remove_image(Client& client, std::string id, std::set<std::string> known_names) {
    const std::string doing = "remove image " + short_id(std::string_view(id).substr(id.find(':') + 1));
    const auto image = co_await inspect_image(client, id);
    if (!image && image.error().kind() == ErrorKind::not_found) co_return Result<>();
    if (!image) co_return image.error();
    const auto unused = co_await check_unused(client, *image, id, known_names);
    if (!unused) co_return unused.error().within(doing);
    std::vector<std::string> names = names_in(image->root(), "RepoTags");
    names.push_back(id);
    if (names.size() > 1) names.erase(names.begin());
    for (const std::string& name : names) {
        HttpRequest request{"DELETE", path_of_image(name) + "?noprune=1", {}, {}};
        const auto removed =
            co_await send_command(client, std::move(request), limits::remove, http_not_found, doing);
        if (!removed) co_return removed;
    }
    co_return Result<>();
}

Task<Result<Pulled>> pull_image(Client& client, std::string ref, std::optional<Secret> auth,
                                std::function<void(const PullProgress&)> progress, std::string platform,
                                RoomForPull room) {
    const std::string doing = "pull " + ref;
    auto stream = co_await client.open(pull_request(ref, auth, platform), limits::pull_inactivity);
    if (!stream) co_return failed_pull(stream.error()).within(doing);

    JsonLines lines(std::move(*stream), client.redact());
    PullTally tally;
    for (;;) {
        const auto line = co_await lines.next(limits::pull_inactivity.time);
        if (!line) co_return line.error().within(doing);
        if (!*line) co_return tally.pulled();
        const Result<> added = tally.add((*line)->root(), client.redact());
        if (!added) co_return failed_pull(added.error()).within(doing);
        const PullProgress sum = tally.progress();
        if (const Result<> fits = check_room(sum, room); !fits) co_return fits.error().within(doing);
        if (progress) progress(sum);
    }
}

Task<Result<>> build_image(Client& client, std::string ref, std::string query,
                           std::function<Task<Result<std::string>>()> context, std::optional<Secret> auth,
                           std::function<void(std::string_view)> image) {
    const std::string doing = "build " + ref;
    HttpRequest request{"POST", "/build?version=1&" + query, {}, {}, "application/x-tar", std::move(context)};
    if (auth) request.headers.emplace_back("X-Registry-Config", auth->reveal());
    auto stream = co_await client.open(std::move(request), limits::build_inactivity);
    if (!stream) co_return stream.error().within(doing);

    JsonLines lines(std::move(*stream), client.redact());
    RedactedTail build_output(max_output, client.redact());
    for (;;) {
        const auto line = co_await lines.next(limits::build_inactivity.time);
        if (!line) co_return line.error().within(doing);
        if (!*line) co_return Result<>{};
        const JsonCursor message = (*line)->root();
        if (const std::string error = failure_in(message, client.redact()); !error.empty())
            co_return failure(error, build_output).within(doing);
        const std::string output = string_in(message, "stream");
        if (const std::string_view id = image_in(output); image && !id.empty()) image(id);
        build_output.append(output);
    }
}

}  // namespace dockerext::engine
