#include "reconcile/plan_runs.hpp"

#include "support/fake_engine.hpp"
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace dockerext::reconcile {
namespace {

using test::chunk;

std::string layer_line(int done) {
    return R"({"status":"Downloading","id":"l1","progressDetail":{"current":)" + std::to_string(done) +
           R"(,"total":3000000}})" + "\n";
}

struct PlanRunsTest : testing::Test {
    void pull(const std::string& image) {
        model::Plan plan;
        plan.steps.push_back({.operation = model::PullImage{{image}, ""},
                              .subject = {model::Subject::Kind::image, image},
                              .object = image});
        runs.start(std::move(plan), {}, {}, {});
    }

    asio::io_context io;
    test::TemporaryFolder folder;
    test::FakeEngine fake{io};
    engine::Client client{io.get_executor(), fake.socket()};
    state::Journal journal = state::Journal::open(folder.path()).value();
    RegistryTokens tokens{io.get_executor(), {}};
    report::Counters counters;
    int progressed = 0;
    bool finished = false;
    std::vector<std::uint64_t> done;
    PlanRuns runs{io.get_executor(),
                  client,
                  journal,
                  tokens,
                  counters,
                  {.ended = [](const apply::Outcome&) {},
                   .finished = [this] { finished = true; },
                   .progressed =
                       [this] {
                           ++progressed;
                           for (const auto& [image, progress] : runs.pulls())
                               done.push_back(progress.done_bytes);
                       }}};
};

TEST_F(PlanRunsTest, ReportPullProgressOnlyWhenItChanges) {
    fake.answer("POST /v1.40/images/create?fromImage=busybox&tag=1",
                test::chunked_head() + chunk(layer_line(1'000'000)) + chunk(layer_line(1'000'000)) +
                    chunk(layer_line(2'000'000)) + chunk(""));
    pull("busybox:1");
    ASSERT_TRUE(test::run_until(io, [&] { return finished; }));
    EXPECT_EQ(done, (std::vector<std::uint64_t>{1'000'000, 2'000'000}));
    EXPECT_EQ(progressed, 2);
    EXPECT_EQ(counters.pulled_bytes, 2'000'000U);
    EXPECT_TRUE(runs.pulls().empty()) << "it has ended";
    test::run_to_end(io, runs.drain());
}

}  // namespace
}  // namespace dockerext::reconcile
