#include "planned_requests.hpp"

#include "apply/bodies.hpp"
#include "apply/injected_files.hpp"
#include "base/json_document.hpp"
#include "base/utf8.hpp"
#include "plan/plan_text.hpp"
#include "plan/planner.hpp"
#include "promise.hpp"

namespace dockerext {
namespace {

constexpr std::size_t block = 512;  ///< bytes; the block size of a tar

void check_json(const std::string& text, const char* what) {
    promise(JsonDocument::parse(text, JsonDialect::strict, {.bytes = 64U << 20, .depth = 64}).has_value(),
            what, text);
}

struct Written {
    engine::ApiVersion api;

    void operator()(const model::CreateContainer& create) const {
        check_json(apply::create_container_body(create.spec, api), "a container's body is JSON");
    }
    void operator()(const model::CreateNetwork& create) const {
        check_json(apply::create_network_body(create.spec, api), "a network's body is JSON");
    }
    void operator()(const model::CreateVolume& create) const {
        check_json(apply::create_volume_body(create.spec), "a volume's body is JSON");
    }
    void operator()(const model::ConnectNetwork& connect) const {
        check_json(apply::connect_network_body("id", connect.endpoint, api), "an endpoint's body is JSON");
    }
    void operator()(const model::UpdateContainer& update) const {
        check_json(apply::update_container_body(update), "an update's body is JSON");
    }
    void operator()(const model::RunHook& run) const {
        check_json(apply::exec_body(run.hook), "a hook's body is JSON");
    }
    void operator()(const model::PutFiles& put) const {
        promise(apply::tar_of(put.files).size() % block == 0, "a tar is whole blocks");
        for (const model::InjectedFile& file : put.files)
            promise(file.path.find_first_not_of('/') != std::string::npos, "a file has a name", file.path);
    }
    void operator()(const model::BuildImage& build) const {
        const auto* const remote = std::get_if<model::Build::Remote>(&build.build.context);
        const std::string query = apply::build_query(build, remote ? remote->dockerfile : "Dockerfile");
        promise(query.find_first_of(" \r\n#") == std::string::npos, "a query is one word", query);
    }
    template <typename Other>
    void operator()(const Other&) const {}
};

model::Observed observed_on(engine::ApiVersion api, const model::Desired& desired, bool with_images) {
    model::Observed observed;
    observed.engine.api_minor = static_cast<int>(api.minor);
    if (!with_images) return observed;
    for (const auto& [name, service] : desired.project.services)
        observed.images[service.container.image] = {.id = {"sha256:1"}, .platform = "linux/amd64"};
    return observed;
}

void check_plan(const model::Plan& plan, engine::ApiVersion api) {
    check_json(plan::to_json(plan), "a plan is JSON");
    const std::string text = plan::to_text(plan);
    promise(valid_utf8(text) == text, "a plan is UTF-8", text);
    for (const model::Step& step : plan.steps) std::visit(Written{api}, step.operation);
}

}  // namespace

void check_planned_requests(const model::Desired& desired) {
    for (const engine::ApiVersion api : {engine::ApiVersion{1, 40}, engine::ApiVersion{1, 44}}) {
        for (const bool with_images : {false, true})
            check_plan(plan::make_plan(desired, observed_on(api, desired, with_images), {}, {}), api);
    }
}

}  // namespace dockerext
