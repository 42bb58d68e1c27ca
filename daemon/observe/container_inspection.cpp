#include "observe/container_inspection.hpp"

#include "base/task_group.hpp"
#include "engine/containers.hpp"
#include "observe/container_facts.hpp"

#include <algorithm>

namespace dockerext::observe {
namespace {

constexpr std::size_t at_once = 4;

struct Inspection {
    engine::Client& client;
    std::vector<model::ContainerId> ids;
    std::size_t next = 0;
    Inspected inspected{};
};

Result<model::ObservedContainer> read(const std::string& id, const Result<JsonDocument>& document) {
    if (!document) return document.error();
    auto container = read_container(document->root());
    if (!container) return container.error().within("read container " + id);
    return container;
}

/// Takes id after id until none is left.
Task<void> inspect_in_turn(Inspection& inspection) {
    co_await asio::this_coro::throw_if_cancelled(false);
    while (inspection.next < inspection.ids.size()) {
        const model::ContainerId id = inspection.ids[inspection.next++];
        const auto document = co_await engine::inspect_container(inspection.client, id.value);
        auto container = read(id.value, document);
        if (container) inspection.inspected.found.push_back(std::move(*container));
        else if (container.error().kind() != ErrorKind::not_found)
            inspection.inspected.unknown.emplace(id, container.error());
    }
}

}  // namespace

bool is_of_the_engine(std::size_t known, std::span<const Error> errors) {
    const auto is_cancelled = [](const Error& error) { return error.kind() == ErrorKind::cancelled; };
    const auto is_no_answer = [](const Error& error) { return is_transient(error.kind()); };
    if (std::any_of(errors.begin(), errors.end(), is_cancelled)) return true;
    return known == 0 && errors.size() > 1 && std::all_of(errors.begin(), errors.end(), is_no_answer);
}

Task<Result<Inspected>> inspect_containers(engine::Client& client, std::vector<model::ContainerId> ids) {
    Inspection inspection{.client = client, .ids = std::move(ids)};
    TaskGroup group(co_await asio::this_coro::executor);
    const std::size_t workers = std::min(at_once, inspection.ids.size());
    for (std::size_t i = 0; i < workers; ++i) group.spawn(inspect_in_turn(inspection));
    co_await group.join();
    Inspected& inspected = inspection.inspected;
    std::vector<Error> errors;
    for (const auto& [id, error] : inspected.unknown) errors.push_back(error);
    if (is_of_the_engine(inspected.found.size(), errors)) co_return errors.front();
    co_return std::move(inspected);
}

}  // namespace dockerext::observe
