#include "observe/container_inspection.hpp"

#include "base/clock.hpp"
#include "base/task_group.hpp"
#include "engine/containers.hpp"
#include "observe/container_facts.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace dockerext::observe {
namespace {

using namespace std::chrono_literals;
constexpr std::size_t at_once = 4;
constexpr Duration patience = 20s;  ///< for all together; no inspect starts after that

struct Inspection {
    engine::Client& client;
    std::vector<model::ContainerId> ids;
    SteadyTime end;
    std::size_t next = 0;
    Inspected inspected{};
};

Result<model::ObservedContainer> read(const std::string& id, const Result<JsonDocument>& document) {
    if (!document) return document.error();
    auto container = read_container(document->root());
    if (!container) return container.error().within("read container " + id);
    return container;
}

Error not_asked(const model::ContainerId& id) {
    return {ErrorKind::timeout, "inspect container " + id.value.substr(0, 12) +
                                    ": skipped, because other requests took too long"};
}

/// Inspects one id after another until none is left.
Task<void> inspect_in_turn(Inspection& inspection) {
    Inspected& inspected = inspection.inspected;
    while (inspection.next < inspection.ids.size()) {
        const model::ContainerId id = inspection.ids[inspection.next++];
        if (steady_now() >= inspection.end) {
            inspected.unknown.emplace(id, not_asked(id));
            continue;
        }
        const auto document = co_await engine::inspect_container(inspection.client, id.value);
        auto container = read(id.value, document);
        if (container) inspected.found.push_back(std::move(*container));
        else if (container.error().kind() == ErrorKind::cancelled) co_return;
        else if (container.error().kind() != ErrorKind::not_found)
            inspected.unknown.emplace(id, container.error());
    }
}

}  // namespace

Task<Inspected> inspect_containers(engine::Client& client, std::vector<model::ContainerId> ids) {
    Inspection inspection{.client = client, .ids = std::move(ids), .end = steady_now() + patience};
    TaskGroup group(co_await asio::this_coro::executor);
    const std::size_t workers = std::min(at_once, inspection.ids.size());
    for (std::size_t i = 0; i < workers; ++i) group.spawn(inspect_in_turn(inspection));
    co_await group.join();
    co_return std::move(inspection.inspected);
}

}  // namespace dockerext::observe
