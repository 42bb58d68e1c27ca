#include "reconcile/image_checks.hpp"

#include "base/catch_exceptions.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "engine/images.hpp"
#include "model/registry.hpp"

#include <algorithm>
#include <utility>

namespace dockerext::reconcile {

using namespace model;
using namespace std::chrono_literals;

namespace {

constexpr Duration longest_sleep = 1h;  ///< the wall clock may be set meanwhile

}  // namespace

Task<void> ImageChecks::run() {
    for (;;) {
        const std::uint64_t seen = changes_.number();
        const auto next = this->next();
        const Duration wait =
            next ? std::clamp<Duration>(next->at - wall_now(), 0s, longest_sleep) : longest_sleep;
        if (wait > 0s) {
            (void)co_await changes_.wait_beyond(seen, wait);
        } else {
            auto checking = catch_exceptions(check(next->image));
            const auto checked = co_await std::move(checking);
            if (!checked) {
                log::error("cannot check image " + client_.redact()(next->image.value),
                           {{"OBJECT", next->image.value}, {"ERROR", checked.error().message()}});
                ledger_.registry_failed(next->image, checked.error().message(), {}, wall_now());
            }
        }
        const bool cancelled = co_await is_cancelled();
        if (cancelled) co_return;
    }
}

std::optional<plan::ImageCheck> ImageChecks::next() const {
    const AcceptedSettings* const accepted = intent_.in_force();
    const Observed* const observed = reconciler_.facts().observed;
    if (accepted == nullptr || observed == nullptr || intent_.is_paused(wall_now())) return std::nullopt;
    return plan::ImageUpdates(accepted->desired, *observed, ledger_.history()).next_check(wall_now());
}

Task<Result<>> ImageChecks::check(ImageRef image) {
    auto finding_login = login_to_registry_of(image);
    const registry::Login login = co_await std::move(finding_login);
    auto asking = current_digest(image, login);
    const auto digest = co_await std::move(asking);
    if (!digest.result) co_return failed(image, digest), Result<>();
    auto dating = creation_time(image, *digest.result, login);
    const auto created_at = co_await std::move(dating);
    ledger_.registry_answered(image, *digest.result, created_at.result ? *created_at.result : std::nullopt,
                              wall_now());
    if (!created_at.result) co_return failed(image, created_at), Result<>();
    reconcile_trigger_.raise();
    changes_.raise();
    co_return Result<>();
}

/// A registry that cannot be reached from here may be known to the engine: by its own certificates, a proxy,
/// or as insecure.
Task<registry::Answer<std::string>> ImageChecks::current_digest(ImageRef image, registry::Login login) {
    auto asking = registry::current_digest(registry::parse_reference(image.value), login);
    auto answer = co_await std::move(asking);
    if (answer.result || answer.is_refused || answer.result.error().kind() == ErrorKind::cancelled)
        co_return answer;
    std::optional<Secret> auth;
    if (login) auth = registry_auth_header(registry_of(image.value), login->username, login->password);
    auto asking_engine = engine::registry_digest(client_, image.value, std::move(auth));
    answer.result = co_await std::move(asking_engine);
    co_return answer;
}

/// Nullopt if it does not matter. An image that does not say when it was created, and one whose registry only
/// the engine reaches, counts as created when it was first seen.
Task<registry::Answer<std::optional<WallTime>>> ImageChecks::creation_time(ImageRef image, std::string digest,
                                                                           registry::Login login) {
    using Answer = registry::Answer<std::optional<WallTime>>;
    const AcceptedSettings* const accepted = intent_.in_force();
    const Observed* const observed = reconciler_.facts().observed;
    if (accepted == nullptr || observed == nullptr)
        co_return Answer{Error(ErrorKind::cancelled, "the settings are gone"), {}};
    const auto local = observed->images.find(image);
    const bool is_needed = accepted->desired.policy.minimum_image_age > 0s &&
                           local != observed->images.end() && !local->second.digests.contains(digest);
    if (!is_needed) co_return Answer{std::nullopt, {}};
    const auto& known = ledger_.history().registry_images;
    const auto before = known.find(image);
    if (before != known.end() && before->second.digest == digest && before->second.created_at)
        co_return Answer{std::min(*before->second.created_at, wall_now()), {}};
    registry::Reference reference = registry::parse_reference(image.value);
    reference.tag = std::move(digest);
    auto asking = registry::creation_time(std::move(reference), local->second.platform, std::move(login));
    auto time = co_await std::move(asking);
    const bool is_to_be_asked_again =
        !time.result && (time.retry_after || time.result.error().kind() == ErrorKind::cancelled);
    if (is_to_be_asked_again) co_return time;
    co_return Answer{time.result && *time.result ? **time.result : wall_now(), {}};
}

Task<registry::Login> ImageChecks::login_to_registry_of(ImageRef image) {
    const AcceptedSettings* const accepted = intent_.in_force();
    const RegistryLogin* login =
        accepted == nullptr ? nullptr : login_for(image.value, accepted->engine.logins);
    if (login == nullptr) co_return std::nullopt;
    auto completing = tokens_.with_tokens({*login});
    const auto completed = co_await std::move(completing);
    const auto* const password_login = std::get_if<PasswordLogin>(&completed.front().method);
    co_return password_login == nullptr ? registry::Login() : registry::Login(*password_login);
}

template <typename T>
void ImageChecks::failed(const ImageRef& image, const registry::Answer<T>& answer) {
    const Error& error = answer.result.error();
    if (error.kind() == ErrorKind::cancelled) return;
    const std::string text = client_.redact()(error.message());
    log::warning("cannot look for a newer image of " + client_.redact()(image.value),
                 {{"OBJECT", client_.redact()(image.value)}, {"ERROR", text}});
    ledger_.registry_failed(image, text, answer.retry_after, wall_now());
    changes_.raise();
}

}  // namespace dockerext::reconcile
