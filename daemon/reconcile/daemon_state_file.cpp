#include "reconcile/daemon_state_file.hpp"

#include "base/log.hpp"

namespace dockerext::reconcile {
namespace {

constexpr auto between_writes = std::chrono::seconds(1);  ///< while work is under way

}  // namespace

DaemonStateFile::DaemonStateFile(state::DaemonStateStore store, FailureLedger& ledger)
    : store_(std::move(store)), ledger_(ledger), content_(store_.load()), saved_(content_) {
    ledger_.restore(content_);
}

void DaemonStateFile::save() {
    ledger_.save_to(content_);
    content_.last_look_at = saved_.last_look_at;
    const bool first = saved_at_ == SteadyTime{} && last_look_;
    if (content_ == saved_ && !first && !failure_) return;
    if (last_look_) content_.last_look_at = last_look_;
    saved_at_ = steady_now();
    if (auto saved = store_.save(content_); !saved) {
        if (!failure_) log::warning("cannot save the state", {{"ERROR", saved.error().message()}});
        failure_ = saved.error();
        return;
    }
    failure_.reset();
    saved_ = content_;
}

void DaemonStateFile::save_soon() {
    if (steady_now() - saved_at_ >= between_writes) save();
}

}  // namespace dockerext::reconcile
