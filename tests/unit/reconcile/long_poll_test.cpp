#include "reconcile/long_poll.hpp"

#include "base/condition.hpp"
#include "base/timeout.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <list>

namespace dockerext::reconcile {
namespace {

using test::run;
using Query = std::map<std::string, std::string>;

struct LongPollTest : testing::Test {
    asio::io_context io;
    Changes changes;
    LongPoll long_poll{changes};

    ~LongPollTest() override {
        changes.raise();
        turn();  // ends all waits
    }

    static report::ControlRequest asked(Query query, uid_t user = ::geteuid()) {
        report::ControlRequest request{.method = "GET", .path = "/v1/status", .query = std::move(query)};
        request.user = user;
        return request;
    }
    /// A request, and its answer once it has one.
    struct PendingPoll {
        report::ControlRequest request;
        std::optional<Result<>> answered;
    };
    std::list<PendingPoll> asking;

    const PendingPoll& ask(report::ControlRequest request) {
        PendingPoll& one = asking.emplace_back(PendingPoll{std::move(request), {}});
        test::start(io, store_result(long_poll.wait(one.request), one.answered));
        turn();
        return one;
    }
    /// Runs all events that are ready.
    void turn() {
        io.restart();
        io.poll();
    }
    std::string now() const { return std::to_string(changes.number()); }
};

TEST_F(LongPollTest, AnswersAtOnceWithoutAKnownStatusOrWait) {
    changes.raise();
    for (const Query& query : {Query{}, Query{{"wait", "60"}}, Query{{"after", "0"}, {"wait", "60"}},
                               Query{{"after", "7"}, {"wait", "60"}}, Query{{"after", "1"}},
                               Query{{"after", "1"}, {"wait", "0"}}}) {
        EXPECT_TRUE(ask(asked(query)).answered);
    }
}

TEST_F(LongPollTest, WaitsForTheNextChange) {
    const PendingPoll& one = ask(asked({{"after", now()}, {"wait", "60"}}));
    EXPECT_FALSE(one.answered);
    changes.raise();
    turn();
    ASSERT_TRUE(one.answered);
    EXPECT_TRUE(*one.answered);
}

TEST_F(LongPollTest, EndsWhenTheClientDisconnects) {
    Condition peer_gone;
    auto request = asked({{"after", now()}, {"wait", "60"}});
    request.gone = [&] { return peer_gone.wait(); };
    const PendingPoll& one = ask(std::move(request));
    EXPECT_FALSE(one.answered);
    peer_gone.notify();
    turn();
    EXPECT_TRUE(one.answered);
}

TEST_F(LongPollTest, ReservesConnectionsForOtherRequests) {
    const auto request_as = [&](uid_t user) {
        return ask(asked({{"after", now()}, {"wait", "60"}}, user)).answered;
    };
    const auto waiting = [&](uid_t user) {
        int count = 0;
        while (!request_as(user)) ++count;
        return count;
    };
    EXPECT_EQ(waiting(1001), 8);
    EXPECT_EQ(waiting(1002), 8);
    EXPECT_EQ(waiting(1003), 8);
    EXPECT_EQ(waiting(1004), 0);
    EXPECT_EQ(waiting(::geteuid()), 16);
    changes.raise();
    turn();
    EXPECT_FALSE(request_as(1004)) << "all others have been answered";
}

TEST_F(LongPollTest, RefusesAnInvalidQuery) {
    for (const Query& query :
         {Query{{"after", "x"}}, Query{{"wait", "-1"}}, Query{{"after", "1.5"}}, Query{{"after", ""}}}) {
        const auto waited = run(io, long_poll.wait(asked(query)));
        ASSERT_FALSE(waited);
        EXPECT_EQ(waited.error().kind(), ErrorKind::invalid_input);
    }
}

}  // namespace
}  // namespace dockerext::reconcile
