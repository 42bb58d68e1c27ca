#include "apply/stack_steps.hpp"

#include "apply/stack_bodies.hpp"
#include "base/json_document.hpp"
#include "engine/services.hpp"
#include "engine/swarm_files.hpp"

namespace dockerext::apply {
namespace {

engine::SwarmFile engine_kind(model::StackFileKind kind) {
    return kind == model::StackFileKind::config ? engine::SwarmFile::config : engine::SwarmFile::secret;
}

std::string service_name(std::string_view spec) {
    const auto json = JsonDocument::parse(spec, JsonDialect::strict, {.bytes = 16U << 20, .depth = 64});
    const auto name = json ? json->root().find("Name") : Read<std::optional<JsonCursor>>();
    const auto text = name && *name ? (*name)->string() : Read<std::string>();
    return text ? *text : "";
}

Task<Result<std::string>> resolved_spec(engine::Client& client, model::ImageRef image, std::string spec,
                                        std::optional<Secret> auth, RegistryAnswers& answers) {
    auto asking = answers.find(client, image, std::move(auth));
    const auto found = co_await std::move(asking);
    if (!found) co_return found.error();
    co_return spec_with_image(spec, image, *found);
}

}  // namespace

Task<Result<>> create_stack_file(engine::Client& client, model::StackFile file) {
    // A config's content is no secret, and may be a word of the error.
    const Secret hidden = file.kind == model::StackFileKind::secret ? file.content : Secret();
    return engine::create_swarm_file(client, engine_kind(file.kind), file.name, create_stack_file_body(file),
                                     hidden);
}

Task<Result<>> remove_stack_file(engine::Client& client, model::RemoveStackFile remove) {
    return engine::remove_swarm_file(client, engine_kind(remove.kind), remove.id);
}

Task<Result<>> create_stack_service(engine::Client& client, model::CreateStackService create,
                                    std::optional<Secret> auth, RegistryAnswers& answers) {
    const std::string name = service_name(create.spec);
    auto resolving = resolved_spec(client, create.image, create.spec, auth, answers);
    auto spec = co_await std::move(resolving);
    if (!spec) co_return spec.error().within("create service " + name);
    auto creating = engine::create_service(client, name, std::move(*spec), std::move(auth));
    co_return co_await std::move(creating);
}

Task<Result<>> update_stack_service(engine::Client& client, model::UpdateStackService update,
                                    std::optional<Secret> auth, RegistryAnswers& answers) {
    if (update.resolve) {
        auto resolving = resolved_spec(client, update.image, update.spec, auth, answers);
        auto spec = co_await std::move(resolving);
        if (!spec) co_return spec.error().within("update service " + update.id);
        update.spec = std::move(*spec);
    }
    auto updating =
        engine::update_service(client, update.id, update.version, std::move(update.spec), std::move(auth));
    co_return co_await std::move(updating);
}

}  // namespace dockerext::apply
