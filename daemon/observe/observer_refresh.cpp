#include "base/task_group.hpp"
#include "base/timeout.hpp"
#include "engine/containers.hpp"
#include "engine/images.hpp"
#include "engine/networks.hpp"
#include "engine/system.hpp"
#include "engine/volumes.hpp"
#include "model/labels.hpp"
#include "model/ownership.hpp"
#include "observe/container_facts.hpp"
#include "observe/container_inspection.hpp"
#include "observe/engine_facts.hpp"
#include "observe/listed_reference.hpp"
#include "observe/object_lists.hpp"
#include "observe/observer.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace dockerext::observe {
namespace {

using namespace std::chrono_literals;
constexpr Duration longest_ping = 5s;

template <typename T>
Result<T> read(Result<T> (*reader)(const JsonCursor&), const Result<JsonDocument>& document) {
    if (!document) return document.error();
    return reader(document->root());
}

/// `client` outlives the call.
Task<Result<model::ObservedImage>> look_at_image(engine::Client& client, model::ImageRef reference) {
    const auto document = co_await engine::inspect_image(client, reference.value);
    co_return read(read_image, document);
}

Error not_asked(const model::ImageRef& image) {
    return {ErrorKind::timeout,
            "inspect image " + image.value + ": skipped, because another request took too long"};
}

/// Whether the container is neither found nor unknown.
bool is_gone(const model::ContainerId& id, const Inspected& inspected) {
    const auto& found = inspected.found;
    return !inspected.unknown.contains(id) &&
           std::none_of(found.begin(), found.end(), [&](const auto& each) { return each.id == id; });
}

}  // namespace

Task<Result<>> Observer::refresh() {
    const Marks taken = marks_;
    const auto done = co_await refresh_marked();
    if (done) {
        complete_snapshot();
        co_return Result<>();
    }
    marks_.add(taken);
    // When an engine answers again after an outage, it may be another one.
    if (is_transient(done.error().kind())) marks_.engine = true;
    co_return done.error().within("observe");
}

/// Reads the engine's facts first: its version decides how to read the rest.
Task<Result<>> Observer::refresh_marked() {
    doubt_.reset();
    if (std::exchange(marks_.engine, false)) {
        const auto looked = co_await look_at_engine();
        if (!looked) co_return looked.error();
    }
    TaskGroup kinds(co_await asio::this_coro::executor);
    if (std::exchange(marks_.networks, false)) kinds.spawn(look_at_networks());
    if (std::exchange(marks_.volumes, false)) kinds.spawn(look_at_volumes());
    if (std::exchange(marks_.images, false)) kinds.spawn(look_at_images());
    if (marks_.containers || !marks_.some.empty()) kinds.spawn(look_at_containers());
    co_await kinds.join();
    const bool users = std::exchange(marks_.network_users, false);
    if (users) {
        co_await look_at_network_users();
    }
    if (foreign_owners() != owners_) marks_.owners = true;
    const bool owners = std::exchange(marks_.owners, false);
    if (owners) {
        co_await look_at_owners();
    }
    const bool told_to_end = co_await is_cancelled();
    if (told_to_end) co_return Error(ErrorKind::cancelled, "cancelled");
    co_return co_await make_sure_that_it_answers();
}

/// If the engine is gone or hangs as a whole, errors say nothing about single objects.
Task<Result<>> Observer::make_sure_that_it_answers() {
    if (!doubt_) co_return Result<>();
    auto pinging = engine::ping(client_);
    const auto answer = co_await with_timeout(longest_ping, "ping the engine", std::move(pinging));
    if (!answer && is_transient(answer.error().kind())) co_return *doubt_;
    if (!answer && answer.error().kind() == ErrorKind::cancelled) co_return answer.error();
    co_return Result<>();
}

Task<Result<>> Observer::look_at_engine() {
    const auto version = co_await client_.negotiate();
    if (!version) co_return version.error();
    const auto document = co_await engine::info(client_);
    auto facts = read(read_engine_info, document);
    std::map<model::Subject, Error> unknown;
    if (!facts && facts.error().kind() == ErrorKind::cancelled) co_return facts.error();
    if (!facts) {
        doubt(facts.error());
        unknown.emplace(model::engine_facts(), facts.error());
    }
    snapshot_.engine = facts ? std::move(*facts) : model::EngineFacts{};
    snapshot_.engine.version = version->version;
    snapshot_.engine.api_major = version->api.major;
    snapshot_.engine.api_minor = version->api.minor;
    note_unknown(model::Subject::Kind::part, unknown);
    co_return Result<>();
}

Task<void> Observer::look_at_networks() {
    using Kind = model::Subject::Kind;
    const auto document = co_await engine::list_networks(client_);
    const auto list = read(read_networks, document);
    if (!list) co_return note_unlisted(Kind::network, list.error());
    std::map<model::Subject, Error> unknown;
    for (const auto& [name, error] : list->unreadable) {
        if (wanted_.networks.contains({name})) unknown.emplace(subject_of(model::NetworkName{name}), error);
    }
    snapshot_.networks.clear();
    for (const model::ObservedNetwork& network : list->objects) {
        const model::NetworkName by_id{network.id.value};  // an external network may be named by its id
        if (wanted_.networks.contains(by_id)) snapshot_.networks.insert_or_assign(by_id, network);
        const bool ours = model::belongs_to(wanted_.project, network.labels, model::labels::network);
        if (ours || wanted_.networks.contains(network.name)) {
            snapshot_.networks.insert_or_assign(network.name, network);
        }
    }
    note_unknown(Kind::network, unknown);
}

Task<void> Observer::look_at_volumes() {
    using Kind = model::Subject::Kind;
    Listed<model::ObservedVolume> listed;
    if (wanted_.all_volumes || !wanted_.volumes.empty()) {
        const auto document = co_await engine::list_volumes(client_);
        auto list = read(read_volumes, document);
        if (!list) co_return note_unlisted(Kind::volume, list.error());
        listed = std::move(*list);
    }
    std::map<model::Subject, Error> unknown;
    for (const auto& [name, error] : listed.unreadable) {
        if (wanted_.all_volumes || wanted_.volumes.contains({name}))
            unknown.emplace(subject_of(model::VolumeName{name}), error);
    }
    snapshot_.volumes.clear();
    for (model::ObservedVolume& volume : listed.objects) {
        if (is_wanted(volume)) snapshot_.volumes.emplace(volume.name, std::move(volume));
    }
    note_unknown(Kind::volume, unknown);
}

/// One call maps every reference to an image id; only changed images are inspected. A reference that is not
/// in the list may still be an image id.
Task<void> Observer::look_at_images() {
    using Kind = model::Subject::Kind;
    // A copy, because `want` may be called meanwhile.
    const std::set<model::ImageRef> wanted = wanted_.images;
    std::map<std::string, std::string> ids;
    if (!wanted.empty()) {
        auto listed = co_await engine::list_images(client_);
        if (!listed) co_return note_unlisted(Kind::image, listed.error());
        ids = std::move(*listed);
    }
    std::map<model::ImageRef, model::ObservedImage> images;
    std::map<model::Subject, Error> unknown;
    bool answers = true;  // after one timeout, the other images are not tried
    for (const model::ImageRef& reference : wanted) {
        const auto id = ids.find(listed_reference(reference.value));
        const auto known = snapshot_.images.find(reference);
        if (id != ids.end() && known != snapshot_.images.end() && known->second.id.value == id->second) {
            images.insert(*known);
            continue;
        }
        Result<model::ObservedImage> image = not_asked(reference);
        if (answers) image = co_await look_at_image(client_, reference);
        if (image) {
            images.emplace(reference, std::move(*image));
            continue;
        }
        const Error& error = image.error();
        if (error.kind() == ErrorKind::cancelled) co_return;
        if (error.kind() == ErrorKind::not_found) continue;
        answers = answers && error.kind() != ErrorKind::timeout;
        doubt(error);
        unknown.emplace(subject_of(reference), error);
    }
    snapshot_.images = std::move(images);
    note_unknown(Kind::image, unknown);
}

Task<void> Observer::look_at_containers() {
    const bool all = std::exchange(marks_.containers, false);
    if (all) {
        co_await look_at_all_containers();
    }
    co_await look_at_some_containers();
}

/// One list of all containers: a filter would save nothing, and foreign containers may hold desired names.
Task<void> Observer::look_at_all_containers() {
    marks_.some.clear();
    const auto summaries = co_await engine::list_containers(client_, "");
    if (!summaries) co_return note_unlisted(model::Subject::Kind::container, summaries.error());
    std::map<model::ContainerName, model::ContainerId> foreign;
    std::vector<model::ContainerId> ours;
    std::map<model::ContainerId, model::Slot> slots;
    for (const engine::ContainerSummary& summary : *summaries) {
        if (const auto slot = model::claimed_slot(summary.labels, wanted_.project)) {
            ours.push_back({summary.id});
            slots[{summary.id}] = *slot;
            continue;
        }
        for (const std::string& name : summary.names) {
            if (wanted_.names.contains({name})) foreign[{name}] = {summary.id};
        }
    }
    ours = silent_last(std::move(ours));
    auto inspected = co_await inspect_containers(client_, std::move(ours));
    marks_.network_users = false;
    network_users_ = network_users(*summaries, wanted_.project);
    image_labels_.clear();
    co_await look_at_origins(inspected);
    snapshot_.containers.clear();
    snapshot_.foreign_names = std::move(foreign);
    unknown_.clear();
    take(std::move(inspected), slots);
}

/// Until there is a list, nothing is known of single containers.
Task<void> Observer::look_at_some_containers() {
    std::set<model::ContainerId> ids = std::exchange(marks_.some, {});
    const bool listed = !snapshot_.unknown.contains(model::every(model::Subject::Kind::container));
    if (ids.empty() || !listed) co_return;
    std::vector<model::ContainerId> order = silent_last({ids.begin(), ids.end()});
    auto inspected = co_await inspect_containers(client_, std::move(order));
    co_await look_at_origins(inspected);
    std::map<model::ContainerId, model::Slot> slots;
    for (const model::ContainerId& id : ids) {
        const auto known = snapshot_.containers.find(id);
        const auto unknown = unknown_.find(id);
        if (known != snapshot_.containers.end()) slots[id] = known->second.slot;
        else if (unknown != unknown_.end()) slots[id] = unknown->second.slot;
        unknown_.erase(id);
        forget(id);
        if (is_gone(id, inspected)) leave_networks(id);
    }
    take(std::move(inspected), slots);
}

/// Puts containers without an answer last, so that they delay no others.
std::vector<model::ContainerId> Observer::silent_last(std::vector<model::ContainerId> ids) const {
    std::stable_partition(ids.begin(), ids.end(), [&](const auto& id) { return !unknown_.contains(id); });
    return ids;
}

/// Reads the users of networks from the list of all containers, without a further call.
Task<void> Observer::look_at_network_users() {
    const auto summaries = co_await engine::list_containers(client_, "");
    if (!summaries) co_return note_unlisted(model::Subject::Kind::container, summaries.error());
    network_users_ = network_users(*summaries, wanted_.project);
}

/// An owner that does not exist, or without an answer, is not known.
Task<void> Observer::look_at_owners() {
    std::set<std::string> wanted = foreign_owners();
    std::map<std::string, model::NamespaceOwner> owners;
    for (const std::string& name : wanted) {
        const auto document = co_await engine::inspect_container(client_, name);
        auto owner = read(read_owner, document);
        if (owner) owners.emplace(name, std::move(*owner));
        else if (owner.error().kind() == ErrorKind::cancelled) co_return;
    }
    snapshot_.owners = std::move(owners);
    owners_ = std::move(wanted);
}

void Observer::take(Inspected inspected, const std::map<model::ContainerId, model::Slot>& slots) {
    for (model::ObservedContainer& container : inspected.found) place(std::move(container));
    for (const auto& [id, error] : inspected.unknown) {
        const auto slot = slots.find(id);
        if (slot == slots.end()) continue;
        doubt(error);
        unknown_.insert_or_assign(id, UnknownContainer{slot->second, error});
    }
    std::map<model::Subject, Error> unknown;
    for (const auto& [id, each] : unknown_) unknown.insert_or_assign(subject_of(each.slot), each.error);
    note_unknown(model::Subject::Kind::container, unknown);
}

/// If the labels alone do not prove a claim, inspects the images that the containers were created from.
/// Without the image, the container is unknown.
Task<void> Observer::look_at_origins(Inspected& inspected) {
    for (const model::ObservedContainer& container : inspected.found) {
        const model::Labels& labels = container.spec.labels;
        if (!claims(labels) || model::proves_claim(labels, container.image_id)) continue;
        if (container.image_id.empty() || image_labels_.contains(container.image_id)) continue;
        const auto known = co_await look_at_origin(container.image_id);
        if (!known) inspected.unknown.emplace(container.id, known.error());
    }
    std::erase_if(inspected.found, [&](const auto& each) { return inspected.unknown.contains(each.id); });
}

Task<Result<>> Observer::look_at_origin(model::ImageId image) {
    const auto document = co_await engine::inspect_image(client_, image.value);
    auto facts = read(read_image, document);
    if (facts) image_labels_.emplace(image, std::move(facts->labels));
    else if (facts.error().kind() != ErrorKind::not_found) co_return facts.error();
    co_return Result<>();
}

}  // namespace dockerext::observe
