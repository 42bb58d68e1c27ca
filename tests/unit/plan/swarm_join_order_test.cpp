#include "plan/swarm_join_order.hpp"

#include "swarm_scene.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <utility>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace std::chrono_literals;
using test::manager_at;

TEST(SwarmJoinOrder, AsksAllManagersInAnOrderOfItsOwn) {
    const std::vector<TcpAddress> answering{manager_at("10.0.0.4"), manager_at("10.0.0.5"),
                                            manager_at("10.0.0.6")};
    std::map<std::string, unsigned> orders;
    SwarmHistory history;
    for (history.seed = 0; history.seed < 600; ++history.seed) {
        std::string order;
        for (history.attempts = 0; history.attempts < 3; ++history.attempts)
            order += next_manager(answering, history).host.back();
        ++orders[order];
        EXPECT_EQ(next_manager(answering, history).host.back(), order.front())
            << "and once more from the first";
    }
    EXPECT_EQ(orders.size(), 6U) << "each order of 4, 5 and 6, and nothing else";
    for (const auto& [order, count] : orders) EXPECT_GT(count, 60U) << order;
}

TEST(SwarmJoinOrder, WaitsLongerForManagersThatDoNotAnswer) {
    const std::pair<unsigned, std::chrono::milliseconds> waits[] = {{0, 1s},   {1, 2s},   {5, 32s},
                                                                    {8, 256s}, {9, 300s}, {4000, 300s}};
    std::set<std::chrono::milliseconds> different;
    SwarmHistory history;
    for (history.seed = 0; history.seed < 100; ++history.seed) {
        for (const auto& [attempts, usual] : waits) {
            history.attempts = attempts;
            EXPECT_GE(wait_for_managers(history), usual * 8 / 10);
            EXPECT_LE(wait_for_managers(history), usual * 12 / 10);
            different.insert(wait_for_managers(history));
        }
    }
    EXPECT_GT(different.size(), 100U) << "machines that start together do not ask together";
}

}  // namespace
}  // namespace dockerext::plan
