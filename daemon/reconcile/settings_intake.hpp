#pragma once

#include "reconcile/changes.hpp"
#include "reconcile/reporter.hpp"
#include "reconcile/settings_in_force.hpp"
#include "state/spool.hpp"
#include "watches/folder_watch.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::reconcile {

/// Receives settings: reads the spool, and hands each envelope over to be put in force or rejected. What
/// cannot be read yet stays in the spool and is tried again.
class SettingsIntake {
public:
    SettingsIntake(std::filesystem::path folder, state::Spool spool, SettingsInForce& settings,
                   Reporter& reporter, Changes& changes)
        : folder_(std::move(folder)),
          spool_(std::move(spool)),
          settings_(settings),
          reporter_(reporter),
          changes_(changes) {}

    /// Takes what is in the spool, then what arrives; runs until cancelled.
    Task<void> run();

private:
    std::optional<watches::FolderWatch> open_watch(const asio::any_io_executor& executor);
    Task<bool> process_spool();
    Task<bool> process_entry(const state::Spool::Entry& entry, bool is_last);
    bool defer(const state::Spool::Entry& entry, const Error& error, bool is_last);
    bool reject(const state::Spool::Entry& entry, const std::vector<Problem>& problems);
    bool remove(const state::Spool::Entry& entry);
    void report_newer_settings();
    void log_once(std::string_view what, const Error& error);

    std::filesystem::path folder_;
    state::Spool spool_;
    SettingsInForce& settings_;
    Reporter& reporter_;
    Changes& changes_;
    std::string last_logged_error_;  ///< the last one logged, while it persists
};

}  // namespace dockerext::reconcile
