#include "apply/build_image.hpp"

#include "apply/bodies.hpp"
#include "apply/build_context.hpp"
#include "base/off_loop.hpp"
#include "base/timeout.hpp"

#include <set>
#include <string_view>

namespace dockerext::apply {
namespace {

using Context = std::shared_ptr<BuildContext>;

/// Runs on another thread, because disks may be slow and folders large.
Task<Result<Context>> open_context(model::Build::Folder folder) {
    std::function<Result<Context>(std::stop_token)> open =
        [folder = std::move(folder)](const std::stop_token&) -> Result<Context> {
        auto opened = BuildContext::open(folder);
        if (!opened) return opened.error();
        return Context(std::move(*opened));
    };
    return with_timeout(engine::limits::build_inactivity.time, "open the build context",
                        off_loop(std::move(open)));
}

Task<Result<std::string>> next_piece(Context context) {
    std::function<Result<std::string>(std::stop_token)> next =
        [context = std::move(context)](const std::stop_token& stop) { return context->next(stop); };
    return off_loop(std::move(next));
}

/// Of the images whose ids begin as `seen`, those that are new: the intermediate ones too, which are the
/// builder's cache, and base images that the engine pulled for the build.
std::map<model::ImageId, model::BroughtImage> brought_by_build(
    const std::vector<engine::ImageSummary>& before, const std::vector<engine::ImageSummary>& after,
    const std::set<std::string, std::less<>>& seen) {
    constexpr std::string_view prefix = "sha256:";
    std::set<std::string_view> old;
    for (const engine::ImageSummary& image : before) old.insert(image.id);
    std::map<model::ImageId, model::BroughtImage> brought;
    for (const engine::ImageSummary& image : after) {
        const std::string_view id = image.id;
        const bool is_seen =
            id.starts_with(prefix) && seen.contains(id.substr(prefix.size(), seen.begin()->size()));
        if (is_seen && !old.contains(id))
            brought[{image.id}] = {.tags = {image.tags.begin(), image.tags.end()},
                                   .built = image.digests.empty()};
    }
    return brought;
}

}  // namespace

Task<Result<>> build_image(const model::BuildImage& build, const CallContext& context) {
    engine::Client& client = context.client;
    std::string dockerfile;
    std::function<Task<Result<std::string>>()> pieces;
    if (const auto* const remote = std::get_if<model::Build::Remote>(&build.build.context)) {
        dockerfile = remote->dockerfile;
    } else {
        auto opening = open_context(std::get<model::Build::Folder>(build.build.context));
        const auto folder = co_await std::move(opening);
        if (!folder) co_return folder.error();
        dockerfile = (*folder)->dockerfile();
        pieces = [context = *folder] { return next_piece(context); };
    }
    std::string query = build_query(build, dockerfile);
    std::optional<Secret> auth;
    if (context.build_auth) {
        auto asking = context.build_auth();
        auth = co_await std::move(asking);
    }
    const auto before = co_await engine::list_all_images(client);
    std::set<std::string, std::less<>> seen;
    auto building =
        engine::build_image(client, build.image.value, std::move(query), std::move(pieces), std::move(auth),
                            [&](std::string_view image) { seen.emplace(image); });
    const auto built = co_await std::move(building);
    if (before && context.built && !seen.empty()) {
        const auto after = co_await engine::list_all_images(client);
        if (after) context.built(brought_by_build(*before, *after, seen));
    }
    co_return built;
}

}  // namespace dockerext::apply
