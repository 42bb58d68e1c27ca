#include "observe/stack_observer.hpp"

#include "engine/networks.hpp"
#include "engine/services.hpp"
#include "engine/swarm_files.hpp"
#include "observe/stack_facts.hpp"
#include "observe/stack_tasks.hpp"

#include <algorithm>
#include <iterator>

namespace dockerext::observe {
namespace {

using model::ObservedStackService;
using Services = std::map<std::string, ObservedStackService>;
using ProblemsByService = std::map<std::string, std::vector<model::TaskProblem>>;

std::vector<std::string> ids_with_questions(const Services& services) {
    std::vector<std::string> ids;
    for (const auto& [name, service] : services) {
        if (needs_tasks(service)) ids.push_back(service.id);
    }
    return ids;
}

/// `not_found` if one of the services has just been removed.
Task<Result<ProblemsByService>> task_problems(engine::Client& client, std::vector<std::string> services) {
    const auto list = co_await engine::list_tasks(client, std::move(services));
    if (!list) co_return list.error();
    auto problems = read_task_problems(list->root());
    if (!problems) co_return problems.error().within("list tasks");
    co_return problems;
}

void put_problems(Services& services, ProblemsByService problems, const Redactor& redact) {
    for (auto& [name, service] : services) {
        service.problems = std::move(problems[service.id]);
        for (model::TaskProblem& problem : service.problems) problem.error = redact(problem.error);
    }
}

Task<Result<Services>> observe_services(engine::Client& client, std::string stack) {
    const auto list = co_await engine::list_services(client, std::move(stack));
    if (!list) co_return list.error();
    auto services = read_stack_services(list->root());
    if (!services) co_return services.error().within("list services");
    std::vector<std::string> ids = ids_with_questions(*services);
    if (ids.empty()) co_return services;
    auto asking = task_problems(client, std::move(ids));
    auto problems = co_await std::move(asking);
    if (problems) put_problems(*services, std::move(*problems), client.redact());
    else if (problems.error().kind() != ErrorKind::not_found) co_return problems.error();
    co_return services;
}

Task<Result<>> add_files(engine::Client& client, model::StackFileKind kind, model::ObservedStack& observed) {
    const bool is_config = kind == model::StackFileKind::config;
    const auto list = co_await engine::list_swarm_files(
        client, is_config ? engine::SwarmFile::config : engine::SwarmFile::secret);
    if (!list) co_return list.error();
    auto files = read_stack_files(list->root(), kind);
    if (!files) co_return files.error().within(is_config ? "list configs" : "list secrets");
    std::move(files->begin(), files->end(), std::back_inserter(observed.files));
    co_return Result<>();
}

Task<Result<>> add_networks(engine::Client& client, model::ObservedStack& observed) {
    const auto list = co_await engine::list_swarm_networks(client);
    if (!list) co_return list.error();
    auto networks = read_stack_networks(list->root());
    if (!networks) co_return networks.error().within("list networks");
    observed.networks = std::move(networks->of_swarm);
    observed.local_networks = std::move(networks->local);
    co_return Result<>();
}

}  // namespace

Task<Result<model::ObservedStack>> observe_stack(engine::Client& client, model::ProjectName stack) {
    auto asking = observe_services(client, stack.value);
    auto services = co_await std::move(asking);
    if (!services) co_return services.error();
    model::ObservedStack observed{.services = std::move(*services)};
    for (const auto kind : {model::StackFileKind::config, model::StackFileKind::secret}) {
        const auto added = co_await add_files(client, kind, observed);
        if (!added) co_return added.error();
    }
    const auto added = co_await add_networks(client, observed);
    if (!added) co_return added.error();
    co_return observed;
}

}  // namespace dockerext::observe
