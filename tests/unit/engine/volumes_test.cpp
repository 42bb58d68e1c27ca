#include "engine/volumes.hpp"

#include "support/fake_engine.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

namespace dockerext::engine {
namespace {

using test::http_answer;
using test::run;

struct VolumesTest : testing::Test {
    asio::io_context io;
    test::FakeEngine fake{io};
    Client client{io.get_executor(), fake.socket()};
};

TEST_F(VolumesTest, ListsAndCreates) {
    fake.answer("GET /v1.40/volumes", http_answer(200, R"({"Volumes":null})"));
    EXPECT_TRUE(run(io, list_volumes(client)));
    fake.answer("POST /v1.40/volumes/create", http_answer(201, R"({"Name":"demo_data"})"));
    EXPECT_TRUE(run(io, create_volume(client, R"({"Name":"demo_data"})")));
    EXPECT_EQ(fake.bodies().at(1), R"({"Name":"demo_data"})");
}

TEST_F(VolumesTest, RemovingAMissingVolumeSucceeds) {
    const std::pair<unsigned, bool> cases[] = {{204, true}, {404, true}, {409, false}};
    for (const auto& [status, done] : cases) {
        SCOPED_TRACE(status);
        fake.answer("DELETE /v1.40/volumes/demo_data", http_answer(status, "{}"));
        EXPECT_EQ(run(io, remove_volume(client, "demo_data")).has_value(), done);
    }
}

}  // namespace
}  // namespace dockerext::engine
