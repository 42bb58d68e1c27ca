#include "reconcile/engine_watches.hpp"

#include "base/clock.hpp"
#include "observe/host_observer.hpp"
#include "watches/file_watch.hpp"

#include <string_view>
#include <vector>

namespace dockerext::reconcile {

using namespace std::chrono_literals;

namespace {

constexpr Duration watch_again = 30s;  ///< after files could not be watched

std::vector<std::filesystem::path> watched_files(const std::filesystem::path& root) {
    std::vector<std::filesystem::path> files;
    for (const std::string_view path : observe::host_files()) files.push_back(root / path.substr(1));
    return files;
}

}  // namespace

Task<void> watch_units(systemd::Systemd& systemd, Trigger& trigger) {
    for (;;) {
        const auto changed = co_await systemd.changed();
        if (!changed) co_return;
        trigger.raise();
    }
}

Task<void> watch_host_files(asio::any_io_executor executor, std::filesystem::path root, Trigger& trigger) {
    for (;;) {
        auto watch = watches::FileWatch::open(executor, watched_files(root));
        while (watch) {
            const auto changed = co_await watch->changed();
            if (!changed && changed.error().kind() == ErrorKind::cancelled) co_return;
            if (!changed) break;
            trigger.raise();
        }
        const bool slept = co_await sleep_for(watch_again);
        if (!slept) co_return;
        trigger.raise();
    }
}

}  // namespace dockerext::reconcile
