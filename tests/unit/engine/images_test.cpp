#include "engine/images.hpp"

#include "support/fake_engine.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

namespace dockerext::engine {
namespace {

using test::http_answer;
using test::run;

struct ImagesTest : testing::Test {
    asio::io_context io;
    test::FakeEngine fake{io};
    Client client{io.get_executor(), fake.socket()};
};

TEST_F(ImagesTest, ListsEveryNameOfEveryImage) {
    fake.answer("GET /v1.40/images/json?digests=1", http_answer(200, R"([
        {"Id":"sha256:1","RepoTags":["nginx:1","nginx:latest"],"RepoDigests":["nginx@sha256:d"]},
        {"Id":"sha256:2","RepoTags":["<none>:<none>"],"RepoDigests":["<none>@<none>"]},
        {"Id":"sha256:3","RepoTags":["app:<none>"],"RepoDigests":null},
        {"Id":"sha256:4","RepoTags":null}])"));
    const std::map<std::string, std::string> names = {
        {"nginx:1", "sha256:1"}, {"nginx:latest", "sha256:1"}, {"nginx@sha256:d", "sha256:1"}};
    EXPECT_EQ(run(io, list_images(client)).value(), names);
}

TEST_F(ImagesTest, RefusesAListThatIsNone) {
    fake.answer("GET /v1.40/images/json?digests=1", http_answer(200, "{}"));
    EXPECT_EQ(run(io, list_images(client)).error().kind(), ErrorKind::unavailable);
}

TEST_F(ImagesTest, InspectsReferencesWithSlashes) {
    fake.answer("GET /v1.40/images/google%2Fcadvisor%3Alatest/json",
                http_answer(200, R"({"Id":"sha256:1"})"));
    EXPECT_TRUE(run(io, inspect_image(client, "google/cadvisor:latest")));
}

}  // namespace
}  // namespace dockerext::engine
