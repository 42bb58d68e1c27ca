#include "reconcile/memory_file.hpp"

#include "base/log.hpp"

namespace dockerext::reconcile {
namespace {

constexpr auto between_writes = std::chrono::seconds(1);  ///< while work is under way

}  // namespace

MemoryFile::MemoryFile(state::MemoryStore store, FailureLedger& ledger)
    : store_(std::move(store)), ledger_(ledger), content_(store_.load()), saved_(content_) {
    ledger_.restore(content_);
}

void MemoryFile::save() {
    ledger_.save_to(content_);
    content_.looked_until = saved_.looked_until;
    const bool first = saved_at_ == SteadyTime{} && looked_at_;
    if (content_ == saved_ && !first) return;
    if (looked_at_) content_.looked_until = looked_at_;
    saved_at_ = steady_now();
    if (auto saved = store_.save(content_); !saved) {
        log::warning("cannot save the state", {{"ERROR", saved.error().message()}});
        return;
    }
    saved_ = content_;
}

void MemoryFile::save_soon() {
    if (steady_now() - saved_at_ >= between_writes) save();
}

}  // namespace dockerext::reconcile
