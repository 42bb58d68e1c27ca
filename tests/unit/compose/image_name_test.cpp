// Image names in all parts of a document: what is wrong with them, and which variable caused it.
#include "loading.hpp"

#include <gtest/gtest.h>

namespace dockerext::compose {
namespace {

std::string service(const std::string& members) { return R"({"services": {"web": {)" + members + "}}}"; }

struct ImageRow {
    std::string members;
    std::string problem;  ///< relative to /compose/services/web; "" for none
};

TEST(ImageName, IsCheckedEverywhere) {
    const std::vector<ImageRow> table{
        {R"("image": "nginx:1.27")", ""},
        {R"("image": "nginx:${NUM}")", ""},
        {R"("image": "nginx:${TAG}")",
         "/image: 'nginx:' is not an image reference: the tag after ':' is empty; the variable TAG is empty"},
        {R"("image": "nginx:$EMPTY")",
         "/image: 'nginx:' is not an image reference: the tag after ':' is empty; the variable EMPTY is "
         "empty"},
        {R"("image": "nginx:${FOO+$TAG}")",
         "/image: 'nginx:' is not an image reference: the tag after ':' is empty; the variable TAG is empty"},
        {R"("image": "nginx:${EMPTY-1}")",
         "/image: 'nginx:' is not an image reference: the tag after ':' is empty; the variable EMPTY is "
         "empty"},
        {R"("image": "Nginx:${FOO:-$TAG}")",
         "/image: 'Nginx:foo' is not an image reference: a name must be lower case"},
        {R"("image": "$HOST/nginx")",
         "/image: '/nginx' is not an image reference: a part between slashes is empty; the variable HOST is "
         "empty"},
        {R"("image": "${IMAGE}")", ": 'image' or 'build' is missing; the variable IMAGE is empty"},
        {R"("image": "${IMAGE}", "build": ".")", ""},
        {R"("image": "https://example.com/nginx")",
         "/image: 'https://example.com/nginx' is not an image reference: a registry is named without http:// "
         "or "
         "https://"},
        {R"("image": "a//b")", "/image: 'a//b' is not an image reference: a part between slashes is empty"},
        {R"("image": "a@sha256:1")",
         "/image: 'a@sha256:1' is not an image reference: the digest needs 64 lower-case hexadecimal digits"},
        {R"("build": {"context": ".", "tags": ["a:1", "B"]})",
         "/build/tags/1: 'B' is not an image reference: a name must be lower case"},
        {R"("build": {"context": ".", "cache_from": ["a:$TAG", "type=registry,ref=B"]})",
         "/build/cache_from/0: 'a:' is not an image reference: the tag after ':' is empty; the variable TAG "
         "is "
         "empty"},
        {R"("image": "a", "volumes": [{"type": "image", "source": "a:$TAG", "target": "/a"}])",
         "/volumes/0/source: 'a:' is not an image reference: the tag after ':' is empty; the variable TAG is "
         "empty"},
    };
    for (const ImageRow& row : table) {
        const std::string expected_problem =
            row.problem.empty() ? "" : "/compose/services/web" + row.problem + "\n";
        std::string problems = problems_of(service(row.members));
        if (const auto text = problems.find("line "); text != std::string::npos)
            problems.erase(text, problems.find(": ", text) + 2 - text);
        EXPECT_EQ(problems, expected_problem) << row.members;
    }
}

TEST(ImageName, OfABuildDefaultsToTheServiceName) {
    EXPECT_NE(problems_of(R"({"services": {"Web": {"build": "."}}})")
                  .find("'demo-Web' is not an image reference: a name must be lower case; it is derived from "
                        "the project and service names: set 'image'"),
              std::string::npos);
    EXPECT_EQ(problems_of(R"({"services": {"Web": {"build": ".", "image": "web"}}})"), "");
}

}  // namespace
}  // namespace dockerext::compose
