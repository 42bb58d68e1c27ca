#include "observe/container_look.hpp"

#include "base/clock.hpp"
#include "base/task_group.hpp"
#include "engine/containers.hpp"
#include "engine/images.hpp"
#include "model/labels.hpp"
#include "model/ownership.hpp"
#include "observe/container_facts.hpp"
#include "observe/image_facts.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dockerext::observe {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t max_concurrent = 4;
constexpr Duration total_timeout = 20s;  ///< for all together; no inspect starts after that

struct Inspected {
    std::vector<model::ObservedContainer> found;
    /// Containers without a readable answer in time: the engine may hold the lock of just this container.
    std::map<model::ContainerId, Error> unknown;
};

struct Inspection {
    engine::Client& client;
    std::vector<model::ContainerId> ids;
    SteadyTime end;
    std::size_t next = 0;
    Inspected inspected{};
};

Result<model::ObservedContainer> container_in(const std::string& id, const Result<JsonDocument>& document,
                                              const Redactor& redact) {
    if (!document) return document.error();
    auto container = read_container(document->root(), redact);
    if (!container) return container.error().within("read container " + id);
    return container;
}

Error skipped_error(const model::ContainerId& id) {
    return {ErrorKind::timeout, "inspect container " + id.value.substr(0, 12) +
                                    ": skipped, because other requests took too long"};
}

/// Inspects one id after another until none is left.
Task<void> inspect_in_turn(Inspection& inspection) {
    Inspected& inspected = inspection.inspected;
    while (inspection.next < inspection.ids.size()) {
        const model::ContainerId id = inspection.ids[inspection.next++];
        if (steady_now() >= inspection.end) {
            inspected.unknown.emplace(id, skipped_error(id));
            continue;
        }
        const auto document = co_await engine::inspect_container(inspection.client, id.value);
        auto container = container_in(id.value, document, inspection.client.redact());
        if (container) inspected.found.push_back(std::move(*container));
        else if (container.error().kind() == ErrorKind::cancelled) co_return;
        else if (container.error().kind() != ErrorKind::not_found)
            inspected.unknown.emplace(id, container.error());
    }
}

/// Inspects containers, a few at the same time, in the order of `ids`. Omits those that no longer exist. If
/// the first ones take too long, the rest is not inspected and is unknown.
Task<Inspected> inspect_containers(engine::Client& client, std::vector<model::ContainerId> ids) {
    Inspection inspection{.client = client, .ids = std::move(ids), .end = steady_now() + total_timeout};
    TaskGroup group(co_await asio::this_coro::executor);
    const std::size_t workers = std::min(max_concurrent, inspection.ids.size());
    for (std::size_t i = 0; i < workers; ++i) group.spawn(inspect_in_turn(inspection));
    co_await group.join();
    co_return std::move(inspection.inspected);
}

bool has(const engine::ContainerSummary& container, std::string_view label, std::string_view value) {
    const auto found = container.labels.find(std::string(label));
    return found != container.labels.end() && found->second == value;
}

bool is_finished_oneoff(const engine::ContainerSummary& container, const model::ProjectName& project) {
    return container.state != "running" && container.state != "paused" &&
           has(container, model::labels::project, project.value) &&
           has(container, model::labels::oneoff, "True");
}

/// Omits one-off containers of `project` that have ended: they do not start again.
NetworkUsers network_users(const std::vector<engine::ContainerSummary>& containers,
                           const model::ProjectName& project) {
    NetworkUsers users;
    for (const engine::ContainerSummary& container : containers) {
        if (is_finished_oneoff(container, project)) continue;
        const std::string& name = container.names.empty() ? container.id : container.names.front();
        for (const std::string& network : container.networks) users[{network}][{container.id}] = name;
    }
    return users;
}

std::set<model::ImageId> images_of(const std::vector<engine::ContainerSummary>& containers) {
    std::set<model::ImageId> images;
    for (const engine::ContainerSummary& container : containers) images.insert({container.image_id});
    return images;
}

/// Whether the container is neither found nor unknown.
bool is_gone(const model::ContainerId& id, const Inspected& inspected) {
    const auto& found = inspected.found;
    return !inspected.unknown.contains(id) &&
           std::none_of(found.begin(), found.end(), [&](const auto& each) { return each.id == id; });
}

/// Stores the inspected containers; `slots` has the slots of the unknown ones.
void store_inspected(Look& look, Inspected inspected,
                     const std::map<model::ContainerId, model::Slot>& slots) {
    for (model::ObservedContainer& container : inspected.found)
        look.known.store_container(std::move(container));
    for (const auto& [id, error] : inspected.unknown) {
        const auto slot = slots.find(id);
        if (slot == slots.end()) continue;
        look.suspect_outage(error);
        look.known.unknown.insert_or_assign(id, UnknownContainer{slot->second, error});
    }
    std::map<model::Subject, Error> unknown;
    for (const auto& [id, each] : look.known.unknown)
        unknown.insert_or_assign(subject_of(each.slot), each.error);
    look.known.record_unknown(model::Subject::Kind::container, unknown);
}

Task<Result<>> fetch_source_image(Look& look, model::ImageId image) {
    const auto document = co_await engine::inspect_image(look.client, image.value);
    auto facts = read(read_image, document);
    if (facts) look.known.image_labels.emplace(image, std::move(facts->labels));
    else if (facts.error().kind() != ErrorKind::not_found) co_return facts.error();
    co_return Result<>();
}

/// If the labels alone do not prove a claim, inspects the images that the containers were created from.
/// Without the image, the container is unknown.
Task<void> fetch_source_images(Look& look, Inspected& inspected) {
    for (const model::ObservedContainer& container : inspected.found) {
        const model::Labels& labels = container.spec.labels;
        if (!look.known.claims(labels) || model::proves_claim(labels, container.image_id)) continue;
        if (container.image_id.empty() || look.known.image_labels.contains(container.image_id)) continue;
        const auto known = co_await fetch_source_image(look, container.image_id);
        if (!known) inspected.unknown.emplace(container.id, known.error());
    }
    std::erase_if(inspected.found, [&](const auto& each) { return inspected.unknown.contains(each.id); });
}

/// One list of all containers: a filter would save nothing, and foreign containers may hold desired names.
Task<void> refresh_all_containers(Look& look) {
    look.marks.container_ids.clear();
    look.marks.network_users = false;
    const auto summaries = co_await engine::list_containers(look.client);
    if (!summaries) co_return look.record_unlisted(model::Subject::Kind::container, summaries.error());
    std::map<model::ContainerName, model::ContainerId> foreign;
    std::vector<model::ContainerId> owned;
    std::map<model::ContainerId, model::Slot> slots;
    for (const engine::ContainerSummary& summary : *summaries) {
        if (const auto slot = model::claimed_slot(summary.labels, look.known.tracked.project)) {
            owned.push_back({summary.id});
            slots[{summary.id}] = *slot;
            continue;
        }
        for (const std::string& name : summary.names) {
            if (look.known.tracked.names.contains({name})) foreign[{name}] = {summary.id};
        }
    }
    owned = look.known.unresponsive_last(std::move(owned));
    auto inspected = co_await inspect_containers(look.client, std::move(owned));
    look.known.network_users = network_users(*summaries, look.known.tracked.project);
    look.known.image_labels.clear();
    co_await fetch_source_images(look, inspected);
    look.known.observed.containers.clear();
    look.known.observed.foreign_names = std::move(foreign);
    look.known.observed.image_users = images_of(*summaries);
    look.known.unknown.clear();
    store_inspected(look, std::move(inspected), slots);
}

/// Where the containers are, or were when they were seen last.
std::map<model::ContainerId, model::Slot> known_slots(const ProjectSnapshot& known,
                                                      const std::set<model::ContainerId>& ids) {
    std::map<model::ContainerId, model::Slot> slots;
    for (const model::ContainerId& id : ids) {
        const auto container = known.observed.containers.find(id);
        const auto unknown = known.unknown.find(id);
        if (container != known.observed.containers.end()) slots[id] = container->second.slot;
        else if (unknown != known.unknown.end()) slots[id] = unknown->second.slot;
    }
    return slots;
}

/// Until there is a list, nothing is known of single containers. Nor of a new one that cannot be inspected:
/// only the list tells in which slot it is.
Task<void> refresh_some_containers(Look& look) {
    std::set<model::ContainerId> ids = std::exchange(look.marks.container_ids, {});
    const bool listed = !look.known.observed.unknown.contains(model::every(model::Subject::Kind::container));
    if (ids.empty() || !listed) co_return;
    std::vector<model::ContainerId> order = look.known.unresponsive_last({ids.begin(), ids.end()});
    auto inspected = co_await inspect_containers(look.client, std::move(order));
    co_await fetch_source_images(look, inspected);
    const std::map<model::ContainerId, model::Slot> slots = known_slots(look.known, ids);
    const bool is_unplaced = std::any_of(inspected.unknown.begin(), inspected.unknown.end(),
                                         [&](const auto& each) { return !slots.contains(each.first); });
    if (is_unplaced) {
        for (const auto& [id, error] : inspected.unknown) look.suspect_outage(error);
        co_await refresh_all_containers(look);
        co_return;
    }
    for (const model::ContainerId& id : ids) {
        look.known.unknown.erase(id);
        look.known.forget(id);
        if (is_gone(id, inspected)) look.known.remove_from_networks(id);
    }
    store_inspected(look, std::move(inspected), slots);
}

}  // namespace

Task<void> refresh_containers(Look& look) {
    const bool all = std::exchange(look.marks.containers, false);
    if (all) {
        co_await refresh_all_containers(look);
    }
    co_await refresh_some_containers(look);
}

Task<void> refresh_network_users(Look& look) {
    const auto summaries = co_await engine::list_containers(look.client);
    if (!summaries) co_return look.record_unlisted(model::Subject::Kind::container, summaries.error());
    look.known.network_users = network_users(*summaries, look.known.tracked.project);
}

Task<void> refresh_owners(Look& look) {
    std::set<std::string> tracked = look.known.foreign_owners();
    std::map<std::string, model::NamespaceOwner> owners;
    for (const std::string& name : tracked) {
        const auto document = co_await engine::inspect_container(look.client, name);
        auto owner = read(read_owner, document);
        if (owner) owners.emplace(name, std::move(*owner));
        else if (owner.error().kind() == ErrorKind::cancelled) co_return;
    }
    look.known.observed.owners = std::move(owners);
    look.known.owners = std::move(tracked);
}

}  // namespace dockerext::observe
