#include "engine/exec.hpp"

#include "base/clock.hpp"
#include "base/url.hpp"
#include "engine/api_call.hpp"
#include "engine/response.hpp"

#include <algorithm>

namespace dockerext::engine {
namespace {

using namespace std::chrono_literals;
constexpr Duration first_pause = 20ms;
constexpr Duration longest_pause = 1s;

/// nullopt while the command runs.
std::optional<std::int64_t> exit_code_in(const JsonCursor& json) {
    const auto running = json.at("Running");
    if (running && running->is(JsonType::boolean) && running->boolean().value()) return std::nullopt;
    return integer_in(json, "ExitCode");
}

}  // namespace

Task<Result<>> run_in_container(Client& client, std::string id, std::string body) {
    const std::string doing = "run a hook in container " + short_id(id);
    HttpRequest create_request{"POST", "/containers/" + percent_encoded(id) + "/exec", std::move(body), {}};
    const auto exec = co_await create(client, std::move(create_request), doing);
    if (!exec) co_return exec.error();
    HttpRequest start{"POST", "/exec/" + *exec + "/start", R"({"Detach":true})", {}};
    const auto started = co_await send_command(client, std::move(start), limits::start, 0, doing);
    if (!started) co_return started.error();
    const auto end = steady_now() + limits::hook;
    for (Duration pause = first_pause; steady_now() < end; pause = std::min(2 * pause, longest_pause)) {
        const bool slept = co_await sleep_for(pause);
        if (!slept) co_return Error(ErrorKind::cancelled, doing);
        HttpRequest inspect{"GET", "/exec/" + *exec + "/json", {}, {}};
        const auto json = co_await get_json(client, std::move(inspect), doing);
        if (!json) co_return json.error();
        const auto code = exit_code_in(json->root());
        if (code == 0) co_return Result<>();
        if (code) co_return Error(ErrorKind::unavailable, "it exited with code " + std::to_string(*code));
    }
    co_return Error(ErrorKind::timeout, "it did not finish in time");
}

}  // namespace dockerext::engine
