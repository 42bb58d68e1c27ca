#include "apply/engine_change.hpp"

#include "apply/config_check.hpp"
#include "apply/engine_effect.hpp"
#include "apply/host_files.hpp"
#include "base/log.hpp"

namespace dockerext::apply {
namespace {

using Effect = model::ChangeEngine::Effect;
using state::HostRecord;

/// While files are being written, both the former and the new ownership count.
model::Ownership merged_ownership(model::Ownership before, const model::Ownership& after) {
    before.config_keys.insert(after.config_keys.begin(), after.config_keys.end());
    before.logins.insert(after.logins.begin(), after.logins.end());
    before.drop_in = before.drop_in || after.drop_in;
    before.certificates = before.certificates || after.certificates;
    return before;
}

Result<model::ChangeEngine> make_undo(const HostAccess& host, const model::ChangeEngine& change,
                                      const model::Ownership& owned) {
    auto files = current_files(host.root, change.files);
    if (!files) return files.error();
    model::ChangeEngine undo = change;
    undo.files = std::move(*files);
    undo.owned = owned;
    return undo;
}

void warn(const Error& error) {
    log::warning("cannot save the result of an engine change", {{"ERROR", error.message()}});
}

/// Saves `record` without the undo record. If that fails, the next start rolls back once more: harmless,
/// apart from an unnecessary restart of dockerd.
Result<> clear_undo(HostAccess& host, const HostRecord& record) {
    auto saved = host.record_store.save(record);
    host.rolled_back = !saved;
    return saved;
}

/// Whether dockerd itself did not start. Otherwise systemd failed, and the same change may work later.
bool is_dockerd_failure(const Error& error) {
    return error.kind() == ErrorKind::unavailable || error.kind() == ErrorKind::timeout;
}

/// A dockerd that failed to reload still runs with its old configuration: it only has to read the old files
/// again. If it rejects these as well, they were faulty before the change, and it still runs.
Task<Result<>> restore_engine(engine::Client& client, HostAccess& host, const model::ChangeEngine& undo) {
    const auto applied = co_await apply_effect(client, host, undo);
    const bool cancelled = co_await is_cancelled();
    if (applied || cancelled || undo.effect != Effect::reload) co_return applied;
    const auto unit = co_await host.systemd.unit(engine_unit());
    if (unit && unit->active == model::UnitActive::active) co_return Result<>{};
    model::ChangeEngine with_restart = undo;
    with_restart.effect = Effect::restart;
    co_return co_await apply_effect(client, host, with_restart);
}

Error interrupted_change() { return {ErrorKind::cancelled, "the engine change was interrupted"}; }

/// dockerd or systemd refused the change: restores everything, and returns the reason.
Task<Error> rolled_back(engine::Client& client, HostAccess& host, HostRecord record, Error why,
                        systemd::LogSpan log) {
    const model::ChangeEngine undo = *record.undo;
    const std::string logged = co_await failure_log_lines(host, log);
    const std::string cause = logged.empty() ? why.message() : logged;
    const std::string failed = "dockerd failed to start with these settings";
    const auto restored_files = write_files(host.root, undo.files);
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return interrupted_change();
    if (is_dockerd_failure(why)) {
        record.refused = undo.fingerprint;
        record.refusal = cause;
    }
    if (!restored_files) {
        if (const auto saved = host.record_store.save(record); !saved) warn(saved.error());
        co_return Error(ErrorKind::conflict, failed + ": " + cause + "; cannot restore the previous files: " +
                                                 restored_files.error().message());
    }
    const auto restored = co_await restore_engine(client, host, undo);
    const bool interrupted = co_await is_cancelled();
    if (interrupted) co_return interrupted_change();
    record.undo.reset();
    record.owned = undo.owned;
    if (const auto saved = clear_undo(host, record); !saved) warn(saved.error());
    if (restored) co_return Error(ErrorKind::conflict, failed + "; reverted: " + cause);
    co_return Error(ErrorKind::conflict,
                    failed + ": " + cause + "; nor with the previous ones: " + restored.error().message());
}

/// Restores the files before dockerd has noticed anything.
Error restore_files(HostAccess& host, HostRecord record, const HostRecord& before, const Error& why) {
    if (const auto restored_files = write_files(host.root, record.undo->files); !restored_files)
        return {why.kind(),
                why.message() + "; cannot restore the previous files: " + restored_files.error().message()};
    if (const auto saved = clear_undo(host, before); !saved) warn(saved.error());
    return why;
}

Result<> save_change(const HostAccess& host, HostRecord record, const model::ChangeEngine& change) {
    record.owned = change.owned;
    if (change.effect != Effect::none) {  // dockerd started with this change; it does not read other files
        record.refused.clear();
        record.refusal.clear();
    }
    if (auto saved = host.record_store.save(record); !saved)
        return saved.error().within("the engine was changed, but this cannot be saved");
    return {};
}

}  // namespace

Task<Result<>> change_engine(engine::Client& client, HostAccess& host, model::ChangeEngine change) {
    const auto recovered = co_await recover_engine(client, host);
    if (!recovered) co_return recovered.error();
    const auto before = load_record(host);
    if (!before) co_return before.error();
    HostRecord record = *before;
    auto undo = make_undo(host, change, record.owned);
    if (!undo) co_return undo.error();
    const auto checked = co_await check_config(host, change);
    if (!checked) co_return checked.error();

    record.undo = std::move(*undo);
    record.owned = merged_ownership(record.owned, change.owned);
    if (auto saved = host.record_store.save(record); !saved) co_return saved.error();
    host.rolled_back = false;
    if (auto written = write_files(host.root, change.files); !written)
        co_return restore_files(host, record, *before, written.error());

    const systemd::LogSpan log = co_await log_span_from_now(host);
    const auto applied = co_await apply_effect(client, host, change);
    if (!applied) {
        const Error why = co_await rolled_back(client, host, record, applied.error(), log);
        co_return why;
    }
    co_return save_change(host, *before, change);
}

Task<Result<>> recover_engine(engine::Client& client, HostAccess& host) {
    auto record = load_record(host);
    if (!record) co_return record.error();
    if (!record->undo) co_return Result<>{};
    const std::string doing = "undo an interrupted engine change";
    const model::ChangeEngine undo = *record->undo;
    record->owned = undo.owned;
    record->undo.reset();
    Result<> restored;
    if (!host.rolled_back) {
        if (auto restored_files = write_files(host.root, undo.files); !restored_files)
            co_return restored_files.error().within(doing);
        restored = co_await restore_engine(client, host, undo);
        const bool cancelled = co_await is_cancelled();
        if (cancelled) co_return Error(ErrorKind::cancelled, doing);
    }
    // Forget the record even if dockerd does not start: maybe it did not before either, and other settings
    // will help.
    const auto forgotten = clear_undo(host, *record);
    if (!restored) co_return restored.error().within(doing);
    if (!forgotten) co_return forgotten.error().within(doing);
    co_return Result<>{};
}

}  // namespace dockerext::apply
