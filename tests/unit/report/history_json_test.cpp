#include "report/history_json.hpp"

#include "support/noon.hpp"

#include <gtest/gtest.h>

namespace dockerext::report {
namespace {

using namespace std::chrono_literals;

using test::noon;

state::JournalEntry entry() {
    state::JournalEntry entry;
    entry.id = 5;
    entry.time = noon;
    entry.verb = "start";
    entry.object = "demo-web-1";
    entry.service = "web";
    entry.reason = "not running";
    entry.changes = {{"state", "exited", "running"}};
    entry.status = state::JournalEntry::Status::failed;
    entry.error = "port is taken";
    entry.took = 301ms;
    return entry;
}

TEST(HistoryJson, ListsEachStepInTheGivenOrder) {
    state::JournalEntry shared = entry();
    shared.id = 6;
    shared.service = "";
    shared.changes.clear();
    EXPECT_EQ(to_json({{entry(), shared}, true}),
              R"({"entries":[{"id":5,"time":"2024-01-31T12:00:00.000Z","verb":"start","object":"demo-web-1",)"
              R"("service":"web","reason":"not running",)"
              R"("changes":[{"field":"state","have":"exited","want":"running"}],)"
              R"("status":"failed","error":"port is taken","tookMs":301},)"
              R"({"id":6,"time":"2024-01-31T12:00:00.000Z","verb":"start","object":"demo-web-1",)"
              R"("service":null,"reason":"not running","changes":[],)"
              R"("status":"failed","error":"port is taken","tookMs":301}],"more":true})");
}

TEST(HistoryJson, IsAnEmptyListWhenNothingWasDone) {
    EXPECT_EQ(to_json(state::HistoryPage{}), R"({"entries":[],"more":false})");
}

TEST(IsoTime, IsEmptyForTheEpoch) {
    EXPECT_EQ(iso_time({}), "");
    EXPECT_EQ(iso_time(noon + 1ms), "2024-01-31T12:00:00.001Z");
}

}  // namespace
}  // namespace dockerext::report
