#include "reconcile/preview.hpp"

#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

using namespace model;

/// `plan FILE` must not say that settings have failed which were never tried.
TEST(Preview, ForgetsWhatApplyingForgets) {
    const Subject web = subject_of(Slot{{"web"}, 1});
    History history;
    history.failed_rollouts[web] = {.attempts = 2};
    history.failure_records[web] = {};
    history.repair_counts[web] = {{"state", 1}};
    history.completed[web] = {};
    const History after = history_after_apply(history);
    EXPECT_TRUE(after.failed_rollouts.empty());
    EXPECT_TRUE(after.failure_records.empty());
    EXPECT_TRUE(after.repair_counts.empty());
    EXPECT_EQ(after.completed.size(), 1U) << "a completed job does not run again";
}

}  // namespace
}  // namespace dockerext::reconcile
