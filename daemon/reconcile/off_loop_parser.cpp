#include "reconcile/off_loop_parser.hpp"

#include "base/catch_exceptions.hpp"
#include "base/off_loop.hpp"

#include <functional>
#include <stop_token>
#include <utility>

namespace dockerext::reconcile {

using intake::IntakeResult;

/// If an exception ended the process, it would recur after each restart.
Task<Result<IntakeResult>> OffLoopParser::parse(model::Envelope envelope, settings::Checks checks) const {
    std::function<Result<IntakeResult>(std::stop_token)> work =
        [envelope = std::move(envelope), checks, project = project_directory_,
         file = settings_file_](const std::stop_token&) -> Result<IntakeResult> {
        return intake::parse_envelope(envelope, project, file, checks);
    };
    auto parsing = catch_exceptions(off_loop(std::move(work)));
    auto parsed = co_await std::move(parsing);
    if (parsed || parsed.error().kind() != ErrorKind::internal) co_return parsed;
    co_return IntakeResult{.accepted = {}, .problems = {{"", parsed.error().message()}}};
}

}  // namespace dockerext::reconcile
