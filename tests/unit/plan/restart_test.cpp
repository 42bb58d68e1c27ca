// What "restart" means: whether a container that has ended is started again.
#include "scene.hpp"

#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace dockerext::test;
using Kind = RestartPolicy::Kind;

enum class End { by_itself, by_hand, by_us, interrupted, earlier_run_by_hand };

struct RunEnd {
    const char* what;
    bool restart_is_set;
    RestartPolicy restart;
    int exit_code;
    End end;
    const char* plan;
};

constexpr const char* nothing = "";

const RunEnd endings[] = {
    {"unset, well", false, {}, 0, End::by_itself, nothing},
    {"unset, badly",
     false,
     {},
     3,
     End::by_itself,
     "[] -> 0 start demo-web-1: exited with code 3 (state: exited → running)\n"},
    {"no, well", true, {}, 0, End::by_itself, nothing},
    {"no, badly",
     true,
     {},
     3,
     End::by_itself,
     "held container web-1: failed: exited with code 3, and its restart policy does not restart it\n"},
    {"always, well",
     true,
     {.kind = Kind::always},
     0,
     End::by_itself,
     "[] -> 0 start demo-web-1: not running (exit code 0) (state: exited → running)\n"},
    {"always, badly",
     true,
     {.kind = Kind::always},
     3,
     End::by_itself,
     "[] -> 0 start demo-web-1: not running (exit code 3) (state: exited → running)\n"},
    {"unless-stopped, well",
     true,
     {.kind = Kind::unless_stopped},
     0,
     End::by_itself,
     "[] -> 0 start demo-web-1: not running (exit code 0) (state: exited → running)\n"},
    {"on-failure, well", true, {.kind = Kind::on_failure}, 0, End::by_itself, nothing},
    {"on-failure, its retries used up",
     true,
     {.kind = Kind::on_failure, .max_retries = 2},
     3,
     End::by_itself,
     "held container web-1: failed: exited with code 3, and its restart policy does not restart it\n"},
    {"unset, by hand",
     false,
     {},
     0,
     End::by_hand,
     "[] -> 0 start demo-web-1: stopped manually (state: exited → running)\n"},
    {"no, by hand",
     true,
     {},
     137,
     End::by_hand,
     "[] -> 0 start demo-web-1: stopped manually (state: exited → running)\n"},
    {"always, by hand",
     true,
     {.kind = Kind::always},
     137,
     End::by_hand,
     "[] -> 0 start demo-web-1: stopped manually (state: exited → running)\n"},
    {"on-failure, by hand",
     true,
     {.kind = Kind::on_failure},
     0,
     End::by_hand,
     "[] -> 0 start demo-web-1: stopped manually (state: exited → running)\n"},
    {"no, by us",
     true,
     {},
     137,
     End::by_us,
     "[] -> 0 start demo-web-1: stopped by dockerextd (state: exited → running)\n"},
    {"unset, cut off",
     false,
     {},
     0,
     End::interrupted,
     "[] -> 0 start demo-web-1: interrupted when the engine or the machine went down (state: exited → "
     "running)\n"},
    {"no, cut off",
     true,
     {},
     255,
     End::interrupted,
     "[] -> 0 start demo-web-1: interrupted when the engine or the machine went down (state: exited → "
     "running)\n"},
    {"unset, well, and an earlier run was ended by hand", false, {}, 0, End::earlier_run_by_hand, nothing},
};

TEST(Restart, FollowsTheServicePolicy) {
    for (const RunEnd& tested : endings) {
        SCOPED_TRACE(tested.what);
        World world;
        Service& web = world.add_service("web");
        web.restart_is_set = tested.restart_is_set;
        web.container.restart = tested.restart;
        (void)world.settle();
        ObservedContainer& container = container_of(world);
        world.end(container, tested.exit_code);
        const WallTime earlier = container.started_at - std::chrono::hours(1);
        if (tested.end != End::by_itself) {
            world.history.ended_run[container.id] = {
                .run = tested.end == End::earlier_run_by_hand ? earlier : container.started_at,
                .stopped_manually = tested.end == End::by_hand || tested.end == End::earlier_run_by_hand,
                .interrupted = tested.end == End::interrupted};
        }
        EXPECT_EQ(plan_text(world), tested.plan);
    }
}

}  // namespace
}  // namespace dockerext::plan
