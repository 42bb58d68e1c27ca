#include "packages/package_runner.hpp"

#include "base/clock.hpp"
#include "base/plain_text.hpp"

namespace dockerext::packages {
namespace {

using std::chrono::steady_clock;

ErrorKind kind_of(PackageFault fault) {
    switch (fault) {
    case PackageFault::lock_held: return ErrorKind::conflict;
    case PackageFault::disk_full:
    case PackageFault::stale_lists:
    case PackageFault::insecure_redirect:
    case PackageFault::no_network: return ErrorKind::unavailable;
    case PackageFault::not_found: return ErrorKind::not_found;
    case PackageFault::untrusted: return ErrorKind::invalid_input;
    case PackageFault::interrupted:
    case PackageFault::other: break;
    }
    return ErrorKind::internal;
}

PackageOutcome outcome_of(const ChildResult& ended, const Redactor& redact) {
    if (ended.succeeded()) return {};
    const std::string output = plain_text(ended.out + "\n" + ended.err);
    const PackageFault fault = package_fault(output);
    std::string text(to_text(fault));
    if (const std::string holder = lock_holder(output); fault == PackageFault::lock_held && !holder.empty())
        text += " (" + redact(holder) + ")";
    const std::string last = last_lines(redact(output), 5, 1024);
    return {fault, Error(kind_of(fault), text + (last.empty() ? "" : ": " + last))};
}

}  // namespace

PackageRunner::PackageRunner(PackageTools tools, std::vector<std::string> environment)
    : tools_(std::move(tools)),
      environment_(std::move(environment)),
      lock_deadline_(steady_now() + tools_.lock_timeout) {}

Task<PackageOutcome> PackageRunner::run(Command command) {
    if (tools_.as_units) command = as_unit(command);
    for (;;) {
        auto ended = co_await run_child(command, options());
        if (!ended) co_return PackageOutcome{PackageFault::other, ended.error()};
        PackageOutcome outcome = outcome_of(*ended, tools_.redact);
        const bool is_retryable =
            outcome.error && outcome.fault == PackageFault::lock_held && steady_now() < lock_deadline_;
        if (!is_retryable) co_return outcome;
        parse_progress(ended->err);
        const bool slept = co_await sleep_for(tools_.lock_retry_delay);
        if (!slept) co_return PackageOutcome{PackageFault::other, Error(ErrorKind::cancelled, command.at(0))};
    }
}

void PackageRunner::report(const std::string& doing) {
    if (tools_.progress && doing != last_report_) tools_.progress(doing);
    last_report_ = doing;
}

Command PackageRunner::as_unit(const Command& command) const {
    Command words{"systemd-run", "--quiet", "--wait", "--pipe", "--collect"};
    for (const std::string& variable : environment_) words.push_back("--setenv=" + variable);
    words.emplace_back("--");
    words.insert(words.end(), command.begin(), command.end());
    return words;
}

ChildOptions PackageRunner::options() {
    return {.limit = tools_.limit,
            .grace = std::chrono::seconds(
                30),  // an interrupted installation leaves the package manager locked or broken
            .search_path = tools_.search_path,
            .environment = environment_,
            .redact = tools_.redact,
            .on_line = [this](std::string_view line) { parse_progress(line); }};
}

void PackageRunner::parse_progress(std::string_view output) {
    if (const auto doing = package_progress(plain_text(output))) report(tools_.redact(*doing));
}

}  // namespace dockerext::packages
