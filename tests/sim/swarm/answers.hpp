#pragma once

#include "base/http_client.hpp"
#include "swarm/swarms.hpp"

#include <cstddef>
#include <functional>

namespace dockerext::sim {

/// What a machine's engine answers to calls about swarms, in the words of the real one (20.10 and 26.1 use
/// the same ones). Returns whether it is such a call. `reply` is called at once, or when the engine has done
/// it.
bool answer_about_swarm(Swarms& swarms, std::size_t machine, const HttpRequest& http,
                        const std::function<void(HttpResponse)>& reply);

}  // namespace dockerext::sim
