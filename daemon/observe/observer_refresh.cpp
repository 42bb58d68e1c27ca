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

template <typename T>
Result<T> read(Result<T> (*reader)(const JsonCursor&), const Result<JsonDocument>& document) {
    if (!document) return document.error();
    return reader(document->root());
}

}  // namespace

Task<Result<model::Observed>> Observer::refresh() {
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto done = co_await refresh_marked();
    if (done) co_return snapshot();
    // An engine that does not answer now may be another one when it does.
    if (done.error().kind() == ErrorKind::unavailable) marks_.engine = true;
    co_return done.error().within("observe");
}

Task<Result<>> Observer::refresh_marked() {
    auto done = co_await if_marked(&Marks::engine, look_at_engine());
    if (done) done = co_await if_marked(&Marks::networks, look_at_networks());
    if (done) done = co_await if_marked(&Marks::volumes, look_at_volumes());
    if (done) done = co_await if_marked(&Marks::images, look_at_images());
    if (done) done = co_await if_marked(&Marks::containers, look_at_all_containers());
    if (done) done = co_await look_at_some_containers();
    if (foreign_owners() != owners_) marks_.owners = true;
    if (done) done = co_await if_marked(&Marks::owners, look_at_owners());
    co_return done;
}

Task<Result<>> Observer::if_marked(bool Marks::*mark, Task<Result<>> look) {
    if (!std::exchange(marks_.*mark, false)) co_return Result<>();
    auto done = co_await std::move(look);
    if (!done) marks_.*mark = true;
    co_return done;
}

Task<Result<>> Observer::look_at_engine() {
    const auto version = co_await client_.negotiate();
    if (!version) co_return version.error();
    const auto document = co_await engine::info(client_);
    auto facts = read(read_engine_info, document);
    if (!facts) co_return facts.error();
    facts->version = version->version;
    facts->api_major = version->api.major;
    facts->api_minor = version->api.minor;
    picture_.engine = std::move(*facts);
    co_return Result<>();
}

Task<Result<>> Observer::look_at_networks() {
    const auto document = co_await engine::list_networks(client_);
    const auto list = read(read_networks, document);
    if (!list) co_return list.error();
    picture_.networks.clear();
    forget_unknown(model::Subject::Kind::network);
    for (const auto& [name, error] : list->unreadable) {
        if (wanted_.networks.contains({name}))
            picture_.unknown.emplace(subject_of(model::NetworkName{name}), error);
    }
    for (const model::ObservedNetwork& network : list->objects) {
        const model::NetworkName by_id{network.id.value};  // an external network may be given by its id
        if (wanted_.networks.contains(by_id)) picture_.networks.insert_or_assign(by_id, network);
        const bool ours = model::belongs_to(wanted_.project, network.labels, model::labels::network);
        if (ours || wanted_.networks.contains(network.name)) {
            picture_.networks.insert_or_assign(network.name, network);
        }
    }
    co_return Result<>();
}

Task<Result<>> Observer::look_at_volumes() {
    Listed<model::ObservedVolume> listed;
    if (wanted_.all_volumes || !wanted_.volumes.empty()) {
        const auto document = co_await engine::list_volumes(client_);
        auto list = read(read_volumes, document);
        if (!list) co_return list.error();
        listed = std::move(*list);
    }
    picture_.volumes.clear();
    forget_unknown(model::Subject::Kind::volume);
    for (const auto& [name, error] : listed.unreadable) {
        if (wanted_.all_volumes || wanted_.volumes.contains({name}))
            picture_.unknown.emplace(subject_of(model::VolumeName{name}), error);
    }
    for (model::ObservedVolume& volume : listed.objects) {
        if (is_wanted(volume)) picture_.volumes.emplace(volume.name, std::move(volume));
    }
    co_return Result<>();
}

/// One call tells which image every reference is; only those that have become another are inspected. What the
/// list does not have may still be one given by its id.
Task<Result<>> Observer::look_at_images() {
    const std::set<model::ImageRef> wanted = wanted_.images;  // `want` may be called meanwhile
    std::map<model::ImageRef, model::ObservedImage> images;
    std::vector<std::pair<model::ImageRef, Error>> unknown;
    std::map<std::string, std::string> ids;
    if (!wanted.empty()) {
        auto listed = co_await engine::list_images(client_);
        if (!listed) co_return listed.error();
        ids = std::move(*listed);
    }
    for (const model::ImageRef& reference : wanted) {
        const auto id = ids.find(listed_reference(reference.value));
        const auto known = picture_.images.find(reference);
        if (id != ids.end() && known != picture_.images.end() && known->second.id.value == id->second) {
            images.insert(*known);
            continue;
        }
        const auto document = co_await engine::inspect_image(client_, reference.value);
        auto image = read(read_image, document);
        if (image) images.emplace(reference, std::move(*image));
        else if (image.error().kind() != ErrorKind::not_found) unknown.emplace_back(reference, image.error());
    }
    std::vector<Error> errors;
    for (const auto& [reference, error] : unknown) errors.push_back(error);
    if (is_of_the_engine(images.size(), errors)) co_return errors.front();
    picture_.images = std::move(images);
    forget_unknown(model::Subject::Kind::image);
    for (const auto& [reference, error] : unknown) picture_.unknown.emplace(subject_of(reference), error);
    co_return Result<>();
}

/// One list for all: a filter would save nothing, and the others hold names.
Task<Result<>> Observer::look_at_all_containers() {
    marks_.some.clear();
    const auto summaries = co_await engine::list_containers(client_, "");
    if (!summaries) co_return summaries.error();
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
    auto inspected = co_await inspect_containers(client_, std::move(ours));
    if (!inspected) co_return inspected.error();
    image_labels_.clear();
    co_await look_at_origins(*inspected);
    picture_.containers.clear();
    picture_.foreign_names = std::move(foreign);
    unknown_.clear();
    take(std::move(*inspected), slots);
    co_return Result<>();
}

Task<Result<>> Observer::look_at_some_containers() {
    std::set<model::ContainerId> ids = std::exchange(marks_.some, {});
    if (ids.empty()) co_return Result<>();
    std::vector<model::ContainerId> all(ids.begin(), ids.end());
    auto inspected = co_await inspect_containers(client_, std::move(all));
    if (!inspected) {
        marks_.some.merge(ids);
        co_return inspected.error();
    }
    co_await look_at_origins(*inspected);
    std::map<model::ContainerId, model::Slot> slots;
    for (const model::ContainerId& id : ids) {
        const auto known = picture_.containers.find(id);
        const auto unknown = unknown_.find(id);
        if (known != picture_.containers.end()) slots[id] = known->second.slot;
        else if (unknown != unknown_.end()) slots[id] = unknown->second.slot;
        unknown_.erase(id);
        forget(id);
    }
    take(std::move(*inspected), slots);
    co_return Result<>();
}

/// One that is not there, or that the engine tells nothing of, is not known.
Task<Result<>> Observer::look_at_owners() {
    std::set<std::string> wanted = foreign_owners();
    std::map<std::string, model::NamespaceOwner> owners;
    for (const std::string& name : wanted) {
        const auto document = co_await engine::inspect_container(client_, name);
        auto owner = read(read_owner, document);
        if (owner) owners.emplace(name, std::move(*owner));
        else if (owner.error().kind() == ErrorKind::cancelled) co_return owner.error();
    }
    picture_.owners = std::move(owners);
    owners_ = std::move(wanted);
    co_return Result<>();
}

void Observer::take(Inspected inspected, const std::map<model::ContainerId, model::Slot>& slots) {
    for (model::ObservedContainer& container : inspected.found) place(std::move(container));
    for (const auto& [id, error] : inspected.unknown) {
        const auto slot = slots.find(id);
        if (slot != slots.end()) unknown_.insert_or_assign(id, Unknown{slot->second, error});
    }
    forget_unknown(model::Subject::Kind::container);
    for (const auto& [id, unknown] : unknown_)
        picture_.unknown.insert_or_assign(subject_of(unknown.slot), unknown.error);
}

/// What the labels alone do not prove takes a look at the images that the containers were made from. Without
/// it nothing is known of the container.
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
