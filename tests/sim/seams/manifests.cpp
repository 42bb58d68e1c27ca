// Replaces registry/manifests.cpp: every registry is that of the modelled engine.
#include "registry/manifests.hpp"

#include "base/random_fraction.hpp"
#include "base/timer.hpp"
#include "docker/engine.hpp"

namespace dockerext::registry {
namespace {

using namespace std::chrono_literals;

constexpr double rate_limited = 0.05;  ///< of the questions
constexpr Duration longest_answer = 3s;

}  // namespace

Task<Answer<std::string>> current_digest(Reference reference, Login) {
    const bool slept =
        co_await sleep_for(std::chrono::duration_cast<Duration>(longest_answer * random_fraction()));
    if (!slept) co_return Answer<std::string>{Error(ErrorKind::cancelled, "ask a registry"), {}};
    const sim::Engine* const engine = sim::Engine::current();
    if (engine == nullptr || engine->registry_down)
        co_return Answer<std::string>{Error(ErrorKind::unavailable, "connection refused"), {}};
    if (random_fraction() < rate_limited)
        co_return Answer<std::string>{refusal(429, reference, false), 90s, true};
    constexpr std::string_view library = "library/";
    std::string digest =
        engine->registry_digest(reference.repository.substr(library.size()) + ":" + reference.tag);
    if (digest.empty()) co_return Answer<std::string>{refusal(404, reference, false), {}, true};
    co_return Answer<std::string>{std::move(digest), {}};
}

Task<Answer<std::optional<WallTime>>> creation_time(Reference, std::string, Login) {
    co_return Answer<std::optional<WallTime>>{std::optional<WallTime>(), {}};
}

}  // namespace dockerext::registry
