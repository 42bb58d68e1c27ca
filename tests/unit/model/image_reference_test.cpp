#include "model/image_reference.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dockerext::model {
namespace {

const std::string digits(64, 'a');
const std::string digest = "sha256:" + digits;

TEST(ImageReference, FollowsTheDistributionGrammar) {
    const std::vector<std::string> well_formed{
        "nginx",
        "nginx:1.27",
        "nginx:1.27@" + digest,
        "nginx@" + digest,
        "library/nginx",
        "a/b/c/d:latest",
        "localhost/app",
        "localhost:5000/app",
        "Registry/app:1",
        "REGISTRY.example.com:443/team/app",
        "registry-1.docker.io/library/nginx",
        "[2001:db8::1]:5000/app",
        "[::1]/app",
        "10.0.0.4:5000/app",
        "a__b/c-----d/e.f_g",
        "nginx:V1_2.3-x",
        "nginx:" + std::string(128, 'x'),
        digits,
        digest,
        "app@sha512:" + digits + digits,
    };
    for (const std::string& reference : well_formed)
        EXPECT_EQ(image_reference_error(reference), "") << reference;
}

TEST(ImageReference, IsRefusedWithTheReason) {
    const std::string no_component =
        "a name may contain only lower-case letters and digits, with '.', '_', '__' or '-' between them";
    const std::string no_registry = "the registry before the first slash is not host[:port]";
    const std::pair<std::string, std::string> table[] = {
        {"", "it is empty"},
        {":1", "it has no name"},
        {"@" + digest, "it has no name"},
        {"nginx:", "the tag after ':' is empty"},
        {"host:5000/app:", "the tag after ':' is empty"},
        {"Nginx", "a name must be lower case"},
        {"nginx/App", "a name must be lower case"},
        {"Registry/App", "a name must be lower case"},
        {"https://example.com/app", "a registry is named without http:// or https://"},
        {"a//b", "a part between slashes is empty"},
        {"/a", "a part between slashes is empty"},
        {"a/", "a part between slashes is empty"},
        {"example.com/", "it has no name"},
        {"a/../b", no_component},
        {"ng inx", no_component},
        {" nginx", no_component},
        {"nginx\n", no_component},
        {"a..b", no_component},
        {"a___b", no_component},
        {"a._b", no_component},
        {"-a", no_component},
        {"a-", no_component},
        {"n\xc3\xa9", no_component},
        {"example..com/app", no_registry},
        {"example.com:/app", no_registry},
        {"example.com:80x/app", no_registry},
        {"-example.com/app", no_registry},
        {"nginx:a b",
         "a tag may have at most 128 letters, digits, '_', '.' and '-', and must not begin with '.' or '-'"},
        {"nginx:-a",
         "a tag may have at most 128 letters, digits, '_', '.' and '-', and must not begin with '.' or '-'"},
        {"nginx:1:2",
         "a tag may have at most 128 letters, digits, '_', '.' and '-', and must not begin with '.' or '-'"},
        {"nginx@", "a digest begins with sha256:, sha384: or sha512:"},
        {"nginx@sha256", "a digest begins with sha256:, sha384: or sha512:"},
        {"nginx@md5:" + digits, "a digest begins with sha256:, sha384: or sha512:"},
        {"nginx@sha256:abc", "the digest needs 64 lower-case hexadecimal digits"},
        {"nginx@sha256:" + std::string(64, 'A'), "the digest needs 64 lower-case hexadecimal digits"},
        {std::string(256, 'a'), "a name may have at most 255 characters"},
        {"nginx:" + std::string(129, 'x'),
         "a tag may have at most 128 letters, digits, '_', '.' and '-', and must not begin with '.' or '-'"},
    };
    for (const auto& [reference, fault] : table)
        EXPECT_EQ(image_reference_error(reference), fault) << reference;
}

TEST(FamiliarImage, IsWhatDockersClientWrites) {
    const std::pair<std::string, std::string> cases[] = {
        {"nginx", "nginx:latest"},
        {"nginx:1", "nginx:1"},
        {"library/nginx", "nginx:latest"},
        {"docker.io/library/nginx:1", "nginx:1"},
        {"docker.io/team/app", "team/app:latest"},
        {"index.docker.io/team/app:1", "team/app:1"},
        {"library/team/app", "library/team/app:latest"},
        {"host:5000/library/app", "host:5000/library/app:latest"},
        {"docker.io/nginx@" + digest, "nginx@" + digest},
        {"nginx:1@" + digest, "nginx:1@" + digest},
        {digest, digest},
    };
    for (const auto& [image, familiar] : cases) EXPECT_EQ(familiar_image(image), familiar);
}

}  // namespace
}  // namespace dockerext::model
