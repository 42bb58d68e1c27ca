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
model::Ownership united(model::Ownership before, const model::Ownership& after) {
    before.config_keys.insert(after.config_keys.begin(), after.config_keys.end());
    before.logins.insert(after.logins.begin(), after.logins.end());
    before.drop_in = before.drop_in || after.drop_in;
    before.certificates = before.certificates || after.certificates;
    return before;
}

Result<model::ChangeEngine> undoing(const HostAccess& host, const model::ChangeEngine& change,
                                    const model::Ownership& owned) {
    auto files = as_they_are(host.root, change.files);
    if (!files) return files.error();
    model::ChangeEngine undo = change;
    undo.files = std::move(*files);
    undo.owned = owned;
    return undo;
}

void warn(const Error& error) {
    log::warning("cannot save the result of an engine change", {{"ERROR", error.message()}});
}

/// Saves `memory` without the undo record. If that fails, the next start rolls back once more: harmless,
/// apart from an unnecessary restart of dockerd.
Result<> forget_undone(HostAccess& host, const HostRecord& memory) {
    const auto saved = host.memory.save(memory);
    host.undone = !saved;
    return saved;
}

/// Whether dockerd itself did not start. Otherwise systemd failed, and the same change may work later.
bool is_dockerds_own(const Error& error) {
    return error.kind() == ErrorKind::unavailable || error.kind() == ErrorKind::timeout;
}

/// A dockerd that failed to reload still runs with its old configuration: it only has to read the old files
/// again. If it rejects these as well, they were faulty before the change, and it still runs.
Task<Result<>> make_as_before(engine::Client& client, HostAccess& host, const model::ChangeEngine& undo) {
    const auto taken = co_await take_effect(client, host, undo);
    const bool cancelled = co_await is_cancelled();
    if (taken || cancelled || undo.effect != Effect::reload) co_return taken;
    const auto unit = co_await host.systemd.unit(engine_unit());
    if (unit && unit->active == model::UnitActive::active) co_return Result<>{};
    model::ChangeEngine harder = undo;
    harder.effect = Effect::restart;
    co_return co_await take_effect(client, host, harder);
}

Error interrupted_change() { return {ErrorKind::cancelled, "the engine change was interrupted"}; }

/// dockerd or systemd refused the change: restores everything, and returns the reason.
Task<Error> undone(engine::Client& client, HostAccess& host, HostRecord memory, Error why,
                   systemd::LogSpan log) {
    const model::ChangeEngine undo = *memory.undo;
    const std::string said = co_await words_in(host, log);
    const std::string words = said.empty() ? why.message() : said;
    const std::string failed = "dockerd failed to start with these settings";
    const auto back = make_so(host.root, undo.files);
    const bool cancelled = co_await is_cancelled();
    if (cancelled) co_return interrupted_change();
    if (is_dockerds_own(why)) {
        memory.refused = undo.fingerprint;
        memory.refusal = words;
    }
    if (!back) {
        if (const auto saved = host.memory.save(memory); !saved) warn(saved.error());
        co_return Error(ErrorKind::conflict, failed + ": " + words + "; cannot restore the previous files: " +
                                                 back.error().message());
    }
    const auto as_before = co_await make_as_before(client, host, undo);
    const bool interrupted = co_await is_cancelled();
    if (interrupted) co_return interrupted_change();
    memory.undo.reset();
    memory.owned = undo.owned;
    if (const auto saved = forget_undone(host, memory); !saved) warn(saved.error());
    if (as_before) co_return Error(ErrorKind::conflict, failed + "; reverted: " + words);
    co_return Error(ErrorKind::conflict,
                    failed + ": " + words + "; nor with the previous ones: " + as_before.error().message());
}

/// Restores the files before dockerd has noticed anything.
Error unwritten(HostAccess& host, HostRecord memory, const HostRecord& before, const Error& why) {
    if (const auto back = make_so(host.root, memory.undo->files); !back)
        return {why.kind(), why.message() + "; cannot restore the previous files: " + back.error().message()};
    if (const auto saved = forget_undone(host, before); !saved) warn(saved.error());
    return why;
}

Result<> keep_changed(const HostAccess& host, HostRecord memory, const model::ChangeEngine& change) {
    memory.owned = change.owned;
    if (change.effect != Effect::none) {  // dockerd started with this change; it does not read other files
        memory.refused.clear();
        memory.refusal.clear();
    }
    if (auto saved = host.memory.save(memory); !saved)
        return saved.error().within("the engine was changed, but this cannot be saved");
    return {};
}

}  // namespace

Task<Result<>> change_engine(engine::Client& client, HostAccess& host, model::ChangeEngine change) {
    const auto recovered = co_await recover_engine(client, host);
    if (!recovered) co_return recovered.error();
    const auto before = remembered(host);
    if (!before) co_return before.error();
    HostRecord memory = *before;
    auto undo = undoing(host, change, memory.owned);
    if (!undo) co_return undo.error();
    const auto checked = co_await check_config(host, change);
    if (!checked) co_return checked.error();

    memory.undo = std::move(*undo);
    memory.owned = united(memory.owned, change.owned);
    if (auto saved = host.memory.save(memory); !saved) co_return saved.error();
    host.undone = false;
    if (auto written = make_so(host.root, change.files); !written)
        co_return unwritten(host, memory, *before, written.error());

    const systemd::LogSpan log = co_await log_from_now_on(host);
    const auto taken = co_await take_effect(client, host, change);
    if (!taken) {
        const Error why = co_await undone(client, host, memory, taken.error(), log);
        co_return why;
    }
    co_return keep_changed(host, *before, change);
}

Task<Result<>> recover_engine(engine::Client& client, HostAccess& host) {
    auto memory = remembered(host);
    if (!memory) co_return memory.error();
    if (!memory->undo) co_return Result<>{};
    const std::string doing = "undo an interrupted engine change";
    const model::ChangeEngine undo = *memory->undo;
    memory->owned = undo.owned;
    memory->undo.reset();
    Result<> as_before;
    if (!host.undone) {
        if (auto back = make_so(host.root, undo.files); !back) co_return back.error().within(doing);
        as_before = co_await make_as_before(client, host, undo);
        const bool cancelled = co_await is_cancelled();
        if (cancelled) co_return Error(ErrorKind::cancelled, doing);
    }
    // Forget the record even if dockerd does not start: maybe it did not before either, and other settings
    // will help.
    const auto forgotten = forget_undone(host, *memory);
    if (!as_before) co_return as_before.error().within(doing);
    if (!forgotten) co_return forgotten.error().within(doing);
    co_return Result<>{};
}

}  // namespace dockerext::apply
