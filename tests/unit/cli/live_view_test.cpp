#include "cli/live_view.hpp"
#include "support/noon.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace dockerext::cli {
namespace {

using namespace model;
using namespace std::chrono_literals;
using test::noon;

struct LiveViewTest : testing::Test {
    LiveViewTest() {
        status.state = OverallState::converging;
        status.engine.state = EngineState::running;
        status.services.resize(3);
        status.services[0].name = {"db"};
        status.services[0].state = ServiceState::running;
        status.services[0].running = 1;
        status.services[1].name = {"web"};
        status.services[1].reason = "pulling the image: 34 of 120 MB";
        status.services[1].pull = {34'000'000, 120'000'000};
        status.services[2].name = {"worker"};
        status.services[2].state = ServiceState::waiting;
        status.services[2].reason = "waits for web";
    }
    /// What is drawn now, without the codes that clear what was drawn before.
    std::string drawn(WallTime now = noon) {
        out.str("");
        view.show(status, now);
        const std::string text = out.str();
        const std::size_t begin = text.find("\033[?7l") + 5;
        return text.substr(begin, text.rfind("\033[?7h") - begin);
    }

    Status status;
    std::stringstream out;
    Console console{out, out, out, {}, true};
    LiveView view{console};
};

TEST_F(LiveViewTest, HasALineForEachService) {
    EXPECT_EQ(drawn(),
              "converging: web pending, worker waiting\n"
              "✓ db      running 1/1\n"
              "⠙ web     pending 0/1     ████░░░░░░░░░░░░ 34 of 120 MB\n"
              "· worker  waiting 0/1     waits for web\n");
}

TEST_F(LiveViewTest, TellsHowFastAPullIs) {
    (void)drawn();
    status.services[1].pull->done_bytes = 94'000'000;
    EXPECT_NE(drawn(noon + 5s).find("████████████░░░░ 94 of 120 MB, 12 MB/s, 2 s left\n"), std::string::npos)
        << out.str();
}

TEST_F(LiveViewTest, IsDrawnInTheSamePlace) {
    (void)drawn();
    status.services.pop_back();
    out.str("");
    view.show(status, noon);
    EXPECT_TRUE(out.str().starts_with("\033[4A\r\033[J")) << "the four lines of before";
    out.str("");
    view.show("cannot reach the daemon");
    EXPECT_EQ(out.str(), "\033[3A\r\033[J\033[?7lcannot reach the daemon\n\033[?7h");
}

TEST_F(LiveViewTest, NeverScrolls) {
    console.style.rows = 4;
    EXPECT_EQ(drawn(),
              "converging: web pending, worker waiting\n"
              "✓ db      running 1/1\n"
              "… and 2 more lines\n");
    console.style.columns = 40;
    status.services[2].reason = std::string(100, 'x') + "\n\033[2J";
    console.style.rows = 24;
    EXPECT_NE(drawn().find("\n· worker  waiting 0/1     xxxxxxxxxxxxx…\n"), std::string::npos) << out.str();
}

TEST_F(LiveViewTest, ShowsWhatHasJustChangedInBold) {
    console.style.colours = true;
    EXPECT_EQ(drawn().find("\033[1m"), std::string::npos);
    status.services[2].reason = "waits for db";
    EXPECT_NE(drawn(noon + 1s).find("\033[1m"), std::string::npos);
    EXPECT_EQ(drawn(noon + 9s).find("\033[1m"), std::string::npos);
}

}  // namespace
}  // namespace dockerext::cli
