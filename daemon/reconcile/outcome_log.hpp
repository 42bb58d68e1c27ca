#pragma once

#include "apply/executor.hpp"
#include "report/counters.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace dockerext::reconcile {

/// Logs how each step ended, in words that need no other field, and counts it.
class OutcomeLog {
public:
    explicit OutcomeLog(report::Counters& counters) : counters_(counters) {}

    /// Steps that were skipped or cancelled are not logged or counted.
    void ended(const apply::Outcome& outcome, std::uint64_t cycle);
    /// "web: started demo-web-1: not found", "web: cannot start demo-web-1: exit 127 …". Remembers what a
    /// later text needs.
    std::string text_of(const apply::Outcome& outcome);

private:
    struct Replacement {
        model::ContainerId successor;
        std::string why;
    };
    report::Counters& counters_;
    /// The steps that end a replacement come from a later plan, which no longer knows why it began.
    std::map<model::Subject, Replacement> replacements_;
};

}  // namespace dockerext::reconcile
