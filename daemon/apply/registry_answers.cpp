#include "apply/registry_answers.hpp"

#include "base/log.hpp"
#include "engine/plain_message.hpp"
#include "model/image_reference.hpp"
#include "model/registry.hpp"

namespace dockerext::apply {
namespace {

constexpr unsigned attempts = 3;

void warn(const std::string& image, const std::string& why) {
    log::warning("cannot resolve image " + image + "; services get it as written", {{"ERROR", why}});
}

}  // namespace

Task<Result<std::optional<engine::RegistryImage>>> RegistryAnswers::find(engine::Client& client,
                                                                         model::ImageRef image,
                                                                         std::optional<Secret> auth) {
    if (const auto known = images_.find(image); known != images_.end()) co_return known->second;
    const std::string registry = model::registry_of(image.value);
    if (failures_[registry] >= attempts) {
        warn(client.redact()(image.value), "its registry could not be reached a moment ago");
        co_return images_[image] = std::nullopt;
    }
    auto asking = engine::registry_image(client, model::familiar_image(image.value), std::move(auth));
    const auto answer = co_await std::move(asking);
    if (answer) co_return images_[image] = *answer;
    const Error& error = answer.error();
    if (error.kind() == ErrorKind::cancelled) co_return error;
    warn(client.redact()(image.value), error.message());
    if (!engine::is_registry_unreachable(error)) co_return images_[image] = std::nullopt;
    ++failures_[registry];
    co_return std::nullopt;
}

}  // namespace dockerext::apply
