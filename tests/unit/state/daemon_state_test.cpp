#include "state/daemon_state.hpp"

#include "state/sealed.hpp"

#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace dockerext::state {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr model::WallTime noon{1'700'000'000'123'456'789ns};

DaemonState full_state() {
    const model::Subject web = model::subject_of(model::Slot{{"web"}, 1});
    return {
        .project = {"other"},
        .settings = "5f2d9a1a",
        .failed_rollouts = {{web, {2, "new container exited", {"sha256:1"}, "0123", true}}},
        .last_update = {{{"web"}, noon}},
        .former_networks =
            {{{"demo_back"},
              {.id = {"n1"},
               .name = {"demo_back"},
               .labels = {{"a", "b"}},
               .driver = "bridge",
               .driver_options = {{"mtu", "1400"}},
               .ipam_driver = "default",
               .ipam_pools = {{"10.1.0.0/24", "10.1.0.1", "10.1.0.128/25", {{"x", "10.1.0.9"}}}},
               .internal = true,
               .attachable = true,
               .enable_ipv6 = true}}},
        .repair_counts = {{web, {{"labels.a b", 1}}}},
        .pulled = {{"nginx:1"}},
        .registry_images = {{{"nginx:1"},
                             {.digest = "sha256:1",
                              .created_at = noon,
                              .checked_at = noon,
                              .is_answered = true,
                              .jitter = 50,
                              .not_before = noon + 1s,
                              .failures = 2,
                              .error = "no answer"}}},
        .brought = {{{"sha256:1"}, {.tags = {"nginx:1"}, .built = true, .unused_since = model::WallTime(5s)}},
                    {{"sha256:2"}, {.refused_at = model::WallTime(6s)}}},
        .arrived = {{"nginx:2"}},
        .images_before = {{"sha256:3"}},
        .running = {{{"abc"}, noon}},
        .ended_run = {{{"def"}, {.run = noon, .stopped_manually = true}},
                      {{"ghi"}, {.run = noon, .interrupted = true}}},
        .proven = {{"abc"}},
        .pending_hooks = {{web, {.container = {"abc"}, .run = noon, .count = 1, .failure = "code 4"}}},
        .restarted_for = {{{"abc"}, noon}},
        .asked_restarts = {{{"web"}, noon}},
        .recreated = {{web, {"def"}}},
        .completed = {{web, {.config_hash = "h", .image = {"sha256:1"}}}},
        .last_look_at = noon + 1s,
        .former = {{{"demo"}, model::RemovalScope::with_volumes},
                   {{"old"}, model::RemovalScope::without_volumes}},
        .rolled_back =
            RolledBack{"fingerprint", 41, {{"web"}}, {{"db"}}, "web failed", {{{"nginx:1"}, {"sha256:9"}}}},
        .paused_until = model::WallTime::max()};
}

struct MemoryTest : testing::Test {
    test::TemporaryFolder folder;
    DaemonStateStore store{folder.path()};
    fs::path file = folder / "memory.json";
};

TEST_F(MemoryTest, RoundTrips) {
    for (const DaemonState& daemon_state : {full_state(), DaemonState{}}) {
        ASSERT_TRUE(store.save(daemon_state));
        EXPECT_EQ(store.load(), daemon_state);
    }
}

TEST_F(MemoryTest, ReadsFormerProjectsOfVersion01) {
    test::write_file(file, seal(R"({"project":"other","retired":["demo"]})"));
    EXPECT_EQ(store.load(), (DaemonState{.project = {"other"},
                                         .former = {{{"demo"}, model::RemovalScope::without_volumes}}}));
}

TEST_F(MemoryTest, IsEmptyAtFirst) { EXPECT_EQ(store.load(), DaemonState{}); }

TEST_F(MemoryTest, IsEmptyOrCompleteWithAnyFlippedBit) {
    ASSERT_TRUE(store.save(full_state()));
    const std::string whole = test::read_file(file);
    for (std::size_t bit = 0; bit < 8 * whole.size(); bit += 7) {
        SCOPED_TRACE(bit);
        std::string flipped = whole;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
        test::write_file(file, flipped);
        ASSERT_EQ(store.load(), DaemonState{});
    }
}

TEST_F(MemoryTest, IsEmptyWhenItsFileIsNotRegular) {
    fs::create_directory(file);
    EXPECT_EQ(store.load(), DaemonState{});
}

}  // namespace
}  // namespace dockerext::state
