#include "engine/image_reference.hpp"

#include <gtest/gtest.h>

namespace dockerext::engine {
namespace {

TEST(SplitReference, SplitsPortsTagsAndDigests) {
    struct Case {
        std::string reference, repository, tag;
    };
    const Case cases[] = {
        {"nginx", "nginx", "latest"},
        {"nginx:1.25", "nginx", "1.25"},
        {"google/cadvisor", "google/cadvisor", "latest"},
        {"host:5000/team/app", "host:5000/team/app", "latest"},
        {"host:5000/team/app:2", "host:5000/team/app", "2"},
        {"app@sha256:abc", "app", "sha256:abc"},
        {"host:5000/app@sha256:abc", "host:5000/app", "sha256:abc"},
        {"app:1@sha256:abc", "app", "sha256:abc"},
    };
    for (const Case& tested : cases) {
        SCOPED_TRACE(tested.reference);
        const ImageReference split = split_reference(tested.reference);
        EXPECT_EQ(split.repository, tested.repository);
        EXPECT_EQ(split.tag, tested.tag);
    }
}

}  // namespace
}  // namespace dockerext::engine
