#include "observe/look.hpp"

#include "base/off_loop.hpp"
#include "base/timeout.hpp"
#include "engine/images.hpp"
#include "engine/networks.hpp"
#include "engine/system.hpp"
#include "engine/volumes.hpp"
#include "model/labels.hpp"
#include "model/ownership.hpp"
#include "observe/facts_reader.hpp"
#include "observe/image_facts.hpp"
#include "observe/object_lists.hpp"

#include <boost/asio/this_coro.hpp>

#include <utility>

namespace dockerext::observe {
namespace {

/// In the status of the storage driver: images are in containerd's folder, which /info does not name.
constexpr std::string_view containerd_images = "io.containerd.snapshotter";

/// GET /info: the engine's defaults. Its version is not read here.
Result<model::EngineFacts> read_engine_info(const JsonCursor& info) {
    Problems problems;
    ObjectReader reader(info, problems);
    model::EngineFacts facts;
    if (auto driver = reader.string("LoggingDriver")) facts.default_log_driver = std::move(*driver);
    if (auto runtime = reader.string("DefaultRuntime")) facts.default_runtime = std::move(*runtime);
    facts.root_folder = reader.string("DockerRootDir").value_or("");
    const auto driver_status = reader.take("DriverStatus");
    const bool has_own_images =
        !driver_status || driver_status->text().find(containerd_images) == std::string::npos;
    if (!has_own_images) facts.root_folder.clear();
    return unless_problems(std::move(facts), problems);
}

/// `client` outlives the call.
Task<Result<model::ObservedImage>> fetch_image(engine::Client& client, model::ImageRef reference) {
    const auto document = co_await engine::inspect_image(client, reference.value);
    co_return read(read_image, document);
}

Error skipped_error(const model::ImageRef& image) {
    return {ErrorKind::timeout,
            "inspect image " + image.value + ": skipped, because another request took too long"};
}

}  // namespace

void Look::record_unlisted(model::Subject::Kind kind, const Error& error) {
    if (error.kind() == ErrorKind::cancelled) return;
    suspect_outage(error);
    known.record_unknown(kind, {{model::every(kind), error}});
}

void Look::suspect_outage(const Error& error) {
    if (!first_transient_error && is_transient(error.kind())) first_transient_error = error;
}

Task<Result<>> refresh_engine(Look& look) {
    const auto version = co_await look.client.negotiate();
    if (!version) co_return version.error();
    const auto document = co_await engine::info(look.client);
    auto facts = read(read_engine_info, document);
    std::map<model::Subject, Error> unknown;
    if (!facts && facts.error().kind() == ErrorKind::cancelled) co_return facts.error();
    if (!facts) {
        look.suspect_outage(facts.error());
        unknown.emplace(model::engine_facts(), facts.error());
    }
    look.known.observed.engine = facts ? std::move(*facts) : model::EngineFacts{};
    look.known.observed.engine.version = version->version;
    look.known.observed.engine.api_major = version->api.major;
    look.known.observed.engine.api_minor = version->api.minor;
    look.known.record_unknown(model::Subject::Kind::part, unknown);
    co_return Result<>();
}

Task<void> refresh_networks(Look& look) {
    using Kind = model::Subject::Kind;
    const auto document = co_await engine::list_networks(look.client);
    auto list = read(read_networks, document);
    if (!list) co_return look.record_unlisted(Kind::network, list.error());
    std::map<model::Subject, Error> unknown;
    for (const auto& [name, error] : list->unreadable) {
        if (look.known.tracked.networks.contains({name}))
            unknown.emplace(subject_of(model::NetworkName{name}), error);
    }
    look.known.networks = std::move(list->objects);
    look.known.record_unknown(Kind::network, unknown);
}

Task<void> refresh_volumes(Look& look) {
    using Kind = model::Subject::Kind;
    Listed<model::ObservedVolume> listed;
    if (look.known.tracked.all_volumes || !look.known.tracked.volumes.empty()) {
        const auto document = co_await engine::list_volumes(look.client);
        auto list = read(read_volumes, document);
        if (!list) co_return look.record_unlisted(Kind::volume, list.error());
        listed = std::move(*list);
    }
    std::map<model::Subject, Error> unknown;
    for (const auto& [name, error] : listed.unreadable) {
        if (look.known.tracked.all_volumes || look.known.tracked.volumes.contains({name}))
            unknown.emplace(subject_of(model::VolumeName{name}), error);
    }
    look.known.observed.volumes.clear();
    for (model::ObservedVolume& volume : listed.objects) {
        if (look.known.is_tracked(volume))
            look.known.observed.volumes.emplace(volume.name, std::move(volume));
    }
    look.known.record_unknown(Kind::volume, unknown);
}

/// What a look at the images has found so far.
struct FoundImages {
    std::map<model::ImageRef, model::ObservedImage> images;
    std::map<model::Subject, Error> unknown;
    bool answers = true;  ///< after one timeout, the other images are not tried
};

void store_image(Look& look, const model::ImageRef& reference, Result<model::ObservedImage> image,
                 FoundImages& found) {
    if (image) {
        found.images.emplace(reference, std::move(*image));
        return;
    }
    if (image.error().kind() == ErrorKind::not_found) return;
    found.answers = found.answers && image.error().kind() != ErrorKind::timeout;
    look.suspect_outage(image.error());
    found.unknown.emplace(subject_of(reference), image.error());
}

/// Unknown if the disk hangs, or the folder is not visible here.
Task<std::optional<DiskSpace>> read_disk_space(std::string folder) {
    constexpr Duration longest = std::chrono::seconds(2);
    if (folder.empty()) co_return std::nullopt;
    std::function<Result<DiskSpace>(std::stop_token)> reading =
        [folder = std::move(folder)](const std::stop_token&) { return disk_space(folder); };
    auto limited = with_timeout(longest, "read the free space", off_loop(std::move(reading)));
    const Result<DiskSpace> space = co_await std::move(limited);
    co_return space ? std::optional(*space) : std::nullopt;
}

using ListedImages = std::map<model::ImageId, model::ListedImage>;

ListedImages by_id(std::vector<engine::ImageSummary> summaries) {
    ListedImages images;
    for (engine::ImageSummary& summary : summaries) {
        model::ListedImage& image = images[{std::move(summary.id)}];
        image.tags.insert(summary.tags.begin(), summary.tags.end());
        image.digests.insert(summary.digests.begin(), summary.digests.end());
        image.size = {static_cast<std::int64_t>(summary.size)};
    }
    return images;
}

std::map<std::string, model::ImageId> by_reference(const ListedImages& images) {
    std::map<std::string, model::ImageId> ids;
    for (const auto& [id, image] : images) {
        for (const std::string& tag : image.tags) ids.emplace(tag, id);
        for (const std::string& digest : image.digests) ids.emplace(digest, id);
    }
    return ids;
}

/// One call maps every reference to an image id; only changed images are inspected. A reference that is not
/// in the list may still be an image id.
Task<void> refresh_images(Look& look) {
    using Kind = model::Subject::Kind;
    // A copy, because `track` may be called meanwhile.
    const std::set<model::ImageRef> tracked = look.known.tracked.images;
    std::optional<ListedImages> listed;
    if (!tracked.empty() || look.known.tracked.all_images) {
        auto summaries = co_await engine::list_images(look.client);
        if (!summaries) co_return look.record_unlisted(Kind::image, summaries.error());
        listed = by_id(std::move(*summaries));
        auto reading = read_disk_space(look.known.observed.engine.root_folder);
        look.known.observed.disk = co_await std::move(reading);
    }
    const auto ids = listed ? by_reference(*listed) : std::map<std::string, model::ImageId>();
    FoundImages found;
    for (const model::ImageRef& reference : tracked) {
        const auto id = ids.find(listed_reference(reference.value));
        const auto known = look.known.observed.images.find(reference);
        if (id != ids.end() && known != look.known.observed.images.end() && known->second.id == id->second) {
            model::ObservedImage image = known->second;
            image.digests =
                digests_in(listed->at(id->second).digests);  // a pull may add one to the same image
            found.images.emplace(reference, std::move(image));
            continue;
        }
        Result<model::ObservedImage> image = skipped_error(reference);
        if (found.answers) image = co_await fetch_image(look.client, reference);
        if (!image && image.error().kind() == ErrorKind::cancelled) co_return;
        store_image(look, reference, std::move(image), found);
    }
    look.known.observed.images = std::move(found.images);
    look.known.observed.listed_images = std::move(listed);
    look.known.record_unknown(Kind::image, found.unknown);
}

}  // namespace dockerext::observe
