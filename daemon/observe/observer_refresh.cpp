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
    for (const model::ObservedNetwork& network : *list) {
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
    std::map<model::VolumeName, model::ObservedVolume> volumes;
    if (!wanted_.volumes.empty()) {
        const auto document = co_await engine::list_volumes(client_);
        const auto list = read(read_volumes, document);
        if (!list) co_return list.error();
        for (const model::ObservedVolume& volume : *list) {
            if (wanted_.volumes.contains(volume.name)) volumes.emplace(volume.name, volume);
        }
    }
    picture_.volumes = std::move(volumes);
    co_return Result<>();
}

/// One call tells which image every reference is; only those that have become another are inspected. What the
/// list does not have may still be one given by its id.
Task<Result<>> Observer::look_at_images() {
    const std::set<model::ImageRef> wanted = wanted_.images;  // `want` may be called meanwhile
    std::map<model::ImageRef, model::ObservedImage> images;
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
        else if (image.error().kind() != ErrorKind::not_found) co_return image.error();
    }
    picture_.images = std::move(images);
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
    const auto origins = co_await look_at_origins(inspected->found);
    if (!origins) co_return origins.error();
    picture_.containers.clear();
    picture_.silent.clear();
    picture_.foreign_names = std::move(foreign);
    for (model::ObservedContainer& container : inspected->found) place(std::move(container));
    for (const model::ContainerId& id : inspected->silent) picture_.silent[id] = slots[id];
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
    const auto origins = co_await look_at_origins(inspected->found);
    if (!origins) {
        marks_.some.merge(ids);
        co_return origins.error();
    }
    for (const model::ContainerId& id : inspected->silent) {
        const auto known = picture_.containers.find(id);
        if (known != picture_.containers.end()) picture_.silent[id] = known->second.slot;
    }
    for (const model::ContainerId& id : ids) {
        if (std::find(inspected->silent.begin(), inspected->silent.end(), id) == inspected->silent.end()) {
            picture_.silent.erase(id);
        }
        forget(id);
    }
    for (model::ObservedContainer& container : inspected->found) place(std::move(container));
    co_return Result<>();
}

/// One that does not answer in time, or is not there, is not known.
Task<Result<>> Observer::look_at_owners() {
    std::set<std::string> wanted = foreign_owners();
    std::map<std::string, model::NamespaceOwner> owners;
    for (const std::string& name : wanted) {
        const auto document = co_await engine::inspect_container(client_, name);
        auto owner = read(read_owner, document);
        if (owner) owners.emplace(name, std::move(*owner));
        else if (owner.error().kind() != ErrorKind::not_found && owner.error().kind() != ErrorKind::timeout)
            co_return owner.error();
    }
    picture_.owners = std::move(owners);
    owners_ = std::move(wanted);
    co_return Result<>();
}

/// What the labels alone do not prove takes a look at the images that the containers were made from.
Task<Result<>> Observer::look_at_origins(const std::vector<model::ObservedContainer>& containers) {
    for (const model::ObservedContainer& container : containers) {
        const model::Labels& labels = container.spec.labels;
        if (!claims(labels) || model::proves_claim(labels, container.image_id)) continue;
        if (container.image_id.empty() || image_labels_.contains(container.image_id)) continue;
        const auto known = co_await look_at_origin(container.image_id);
        if (!known) co_return known.error();
    }
    co_return Result<>();
}

Task<Result<>> Observer::look_at_origin(model::ImageId image) {
    const auto document = co_await engine::inspect_image(client_, image.value);
    auto facts = read(read_image, document);
    if (facts) image_labels_.emplace(image, std::move(facts->labels));
    else if (facts.error().kind() != ErrorKind::not_found) co_return facts.error();
    co_return Result<>();
}

}  // namespace dockerext::observe
