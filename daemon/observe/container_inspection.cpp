#include "observe/container_inspection.hpp"

#include "base/task_group.hpp"
#include "engine/containers.hpp"
#include "observe/container_facts.hpp"

#include <algorithm>
#include <optional>

namespace dockerext::observe {
namespace {

constexpr std::size_t at_once = 4;

struct Inspection {
    engine::Client& client;
    std::vector<model::ContainerId> ids;
    std::size_t next = 0;
    Inspected inspected{};
    std::optional<Error> error{};
};

Result<model::ObservedContainer> read(const std::string& id, const Result<JsonDocument>& document) {
    if (!document) return document.error();
    auto container = read_container(document->root());
    if (!container) return container.error().within("read container " + id);
    return container;
}

/// Takes id after id until none is left or one has failed.
Task<void> inspect_in_turn(Inspection& inspection) {
    co_await asio::this_coro::throw_if_cancelled(false);
    while (inspection.next < inspection.ids.size() && !inspection.error) {
        const std::string id = inspection.ids[inspection.next++].value;
        const auto document = co_await engine::inspect_container(inspection.client, id);
        auto container = read(id, document);
        if (container) inspection.inspected.found.push_back(std::move(*container));
        else if (container.error().kind() == ErrorKind::timeout) inspection.inspected.silent.push_back({id});
        else if (container.error().kind() != ErrorKind::not_found) inspection.error = container.error();
    }
}

}  // namespace

Task<Result<Inspected>> inspect_containers(engine::Client& client, std::vector<model::ContainerId> ids) {
    Inspection inspection{.client = client, .ids = std::move(ids)};
    TaskGroup group(co_await asio::this_coro::executor);
    const std::size_t workers = std::min(at_once, inspection.ids.size());
    for (std::size_t i = 0; i < workers; ++i) group.spawn(inspect_in_turn(inspection));
    co_await group.join();
    if (inspection.error) co_return *inspection.error;
    Inspected& inspected = inspection.inspected;
    if (inspected.found.empty() && inspected.silent.size() > 1) {
        co_return Error(ErrorKind::timeout, "the engine does not answer about any container");
    }
    co_return std::move(inspected);
}

}  // namespace dockerext::observe
