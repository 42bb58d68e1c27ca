#include "state/memory.hpp"

#include "state/sealed.hpp"

#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace dockerext::state {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr model::WallTime noon{1'700'000'000'123'456'789ns};

Memory full_memory() {
    const model::Subject web = model::subject_of(model::Slot{{"web"}, 1});
    return {.project = {"other"},
            .settings = "5f2d9a1a",
            .failed_rollouts = {{web, 2}},
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
            .repaired_for = {{web, {{"labels.a b", 1}}}},
            .pulled = {{"nginx:1"}},
            .running = {{{"abc"}, noon}},
            .past = {{{"def"}, {.run = noon, .stopped_by_hand = true}},
                     {{"ghi"}, {.run = noon, .cut_off = true}}},
            .owed_hooks = {{web, {.container = {"abc"}, .run = noon, .count = 1, .failure = "code 4"}}},
            .followed = {{{"abc"}, noon}},
            .recreated = {{web, {"def"}}},
            .completed = {{web, {.config_hash = "h", .image = {"sha256:1"}}}},
            .looked_until = noon + 1s,
            .leaving = {{{"demo"}, model::Extent::with_volumes}, {{"old"}, model::Extent::without_volumes}},
            .paused_until = model::WallTime::max()};
}

struct MemoryTest : testing::Test {
    test::TemporaryFolder folder;
    MemoryStore store{folder.path()};
    fs::path file = folder / "memory.json";
};

TEST_F(MemoryTest, IsGivenBackAsItWas) {
    for (const Memory& memory : {full_memory(), Memory{}}) {
        ASSERT_TRUE(store.save(memory));
        EXPECT_EQ(store.load(), memory);
    }
}

TEST_F(MemoryTest, ReadsProjectsThatWereLeavingWhenVersion01WroteIt) {
    test::write_file(file, seal(R"({"project":"other","retired":["demo"]})"));
    EXPECT_EQ(store.load(),
              (Memory{.project = {"other"}, .leaving = {{{"demo"}, model::Extent::without_volumes}}}));
}

TEST_F(MemoryTest, IsEmptyAtFirst) { EXPECT_EQ(store.load(), Memory{}); }

TEST_F(MemoryTest, IsEmptyOrWholeWhicheverBitIsFlipped) {
    ASSERT_TRUE(store.save(full_memory()));
    const std::string whole = test::read_file(file);
    for (std::size_t bit = 0; bit < 8 * whole.size(); bit += 7) {
        SCOPED_TRACE(bit);
        std::string flipped = whole;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
        test::write_file(file, flipped);
        ASSERT_EQ(store.load(), Memory{});
    }
}

TEST_F(MemoryTest, IsEmptyWhenItsFileIsNone) {
    fs::create_directory(file);
    EXPECT_EQ(store.load(), Memory{});
}

}  // namespace
}  // namespace dockerext::state
