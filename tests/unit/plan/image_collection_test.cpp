#include "plan/image_collection.hpp"

#include "plan/plan_text.hpp"

#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;
using namespace std::chrono_literals;

constexpr SteadyTime now = SteadyTime{} + 1h;
constexpr WallTime wall_now = WallTime{} + 1000h;
constexpr std::int64_t megabyte = 1'000'000;

ImageId image(char digit) { return {"sha256:" + std::string(64, digit)}; }

/// Two images of ours, of which "a" has been unused for eight days and "b" for two, and a stranger's.
struct Scene {
    Scene() {
        observed.listed_images.emplace();
        add('a', "app:1", 100 * megabyte);
        add('b', "app:2", 200 * megabyte);
        add('f', "theirs:1", 300 * megabyte);
        history.brought[image('a')] = {.tags = {"app:1"}, .unused_since = wall_now - std::chrono::days(8)};
        history.brought[image('b')] = {.tags = {"app:2"}, .unused_since = wall_now - std::chrono::days(2)};
    }
    void add(char digit, const std::string& tag, std::int64_t size) {
        (*observed.listed_images)[image(digit)] = {.tags = {tag}, .digests = {}, .size = {size}};
    }
    BroughtImage& a() { return history.brought.at(image('a')); }
    BroughtImage& b() { return history.brought.at(image('b')); }
    std::set<std::string>& tags_of(char digit) { return observed.listed_images->at(image(digit)).tags; }
    ImageCollection collect() const { return collect_images(policy, observed, history, now, wall_now); }

    ImagePolicy policy;
    Observed observed;
    History history;
};

struct CollectionCase {
    const char* what;
    void (*arrange)(Scene&);
    const char* plan;
};

constexpr const char* remove_a =
    "[] -> 0 remove image app:1 (sha256:aaaaaaaaaaaa): unused for 7 d (reconcile.images.keep); "
    "frees up to 100 MB\n";

const CollectionCase collection_cases[] = {
    {"unused for long enough", [](Scene&) {}, remove_a},
    {"not for long enough", [](Scene& scene) { scene.policy.keep = std::chrono::days(9); }, ""},
    {"exactly long enough", [](Scene& scene) { scene.policy.keep = std::chrono::days(8); },
     "[] -> 0 remove image app:1 (sha256:aaaaaaaaaaaa): unused for 8 d (reconcile.images.keep); "
     "frees up to 100 MB\n"},
    {"kept for ever", [](Scene& scene) { scene.policy.keep.reset(); }, ""},
    {"not kept at all", [](Scene& scene) { scene.policy.keep = 0s; },
     "[] -> 0 remove image app:1 (sha256:aaaaaaaaaaaa): unused for 0 s (reconcile.images.keep); "
     "frees up to 100 MB\n"
     "[] -> 1 remove image app:2 (sha256:bbbbbbbbbbbb): unused for 0 s (reconcile.images.keep); "
     "frees up to 200 MB\n"},

    {"used by anybody's container", [](Scene& scene) { scene.observed.image_users = {image('a')}; }, ""},
    {"used by a container made since the last list",
     [](Scene& scene) { scene.observed.containers[{"c"}].image_id = image('a'); }, ""},
    {"in the settings", [](Scene& scene) { scene.observed.images[{"app"}].id = image('a'); }, ""},
    {"in good settings", [](Scene& scene) { scene.history.good_images = {image('a')}; }, ""},
    {"in use when last observed", [](Scene& scene) { scene.a().unused_since.reset(); }, ""},
    {"gone", [](Scene& scene) { scene.observed.listed_images->erase(image('a')); }, ""},
    {"a stranger's", [](Scene& scene) { scene.history.brought.erase(image('a')); }, ""},
    {"with a stranger's name, too", [](Scene& scene) { scene.tags_of('a').insert("mine:1"); }, ""},
    {"with a stranger's name only", [](Scene& scene) { scene.tags_of('a') = {"mine:1"}; }, ""},
    {"without a name", [](Scene& scene) { scene.tags_of('a').clear(); },
     "[] -> 0 remove image sha256:aaaaaaaaaaaa: unused for 7 d (reconcile.images.keep); frees up to 100 "
     "MB\n"},

    {"while anything is under way",
     [](Scene& scene) {
         scene.history.busy = {subject_of(Slot{{"web"}, 1})};
     },
     ""},
    {"without a list of images", [](Scene& scene) { scene.observed.listed_images.reset(); }, ""},
    {"while an image is unknown",
     [](Scene& scene) {
         scene.observed.unknown.emplace(subject_of(ImageRef{"app"}),
                                        Unknown{Error(ErrorKind::timeout, "t"), {}});
     },
     ""},
    {"while a container is unknown",
     [](Scene& scene) {
         scene.observed.unknown.emplace(subject_of(Slot{{"web"}, 1}),
                                        Unknown{Error(ErrorKind::timeout, "t"), {}});
     },
     ""},
    {"refused lately", [](Scene& scene) { scene.a().refused_at = wall_now - 23h; }, ""},
    {"refused a day ago", [](Scene& scene) { scene.a().refused_at = wall_now - 24h; }, remove_a},
    {"failed lately",
     [](Scene& scene) { scene.history.failure_records[subject_of(image('a'))].next_attempt = now + 1s; }, ""},

    {"enough space",
     [](Scene& scene) {
         scene.policy.keep.reset();
         scene.observed.disk = {.free = 100 * megabyte, .total = 1000 * megabyte};
     },
     ""},
    {"too little space: the one that has been unused for longest, then look again",
     [](Scene& scene) {
         scene.policy.keep.reset();
         scene.observed.disk = {.free = 40 * megabyte, .total = 1000 * megabyte};
     },
     "[] -> 0 remove image app:1 (sha256:aaaaaaaaaaaa): the engine's disk has 4 % free "
     "(reconcile.images.free); frees up to 100 MB\n"},
    {"an image did not fit",
     [](Scene& scene) {
         scene.policy.keep.reset();
         scene.history.lacks_space = true;
     },
     "[] -> 0 remove image app:1 (sha256:aaaaaaaaaaaa): an image does not fit on the engine's disk; "
     "frees up to 100 MB\n"},
    {"never for space",
     [](Scene& scene) {
         scene.policy = {.keep = std::nullopt, .free_percent = 0};
         scene.history.lacks_space = true;
         scene.observed.disk = {.free = 0, .total = 1000 * megabyte};
     },
     ""},
    {"too little space, and an image that is due",
     [](Scene& scene) { scene.observed.disk = {.free = 40 * megabyte, .total = 1000 * megabyte}; }, remove_a},
    {"too little space, but nothing of ours",
     [](Scene& scene) {
         scene.history.brought.clear();
         scene.observed.disk = {.free = 0, .total = 1000 * megabyte};
     },
     ""},
};

TEST(ImageCollection, RemovesOnlyWhatNobodyUses) {
    for (const CollectionCase& each : collection_cases) {
        SCOPED_TRACE(each.what);
        Scene scene;
        each.arrange(scene);
        EXPECT_EQ(to_text(scene.collect().plan), each.plan);
    }
}

TEST(ImageCollection, SaysWhenTheNextImageIsDue) {
    Scene scene;
    EXPECT_EQ(scene.collect().next, wall_now + std::chrono::days(5));
    scene.policy.keep.reset();
    EXPECT_EQ(scene.collect().next, std::nullopt);
    scene.policy.keep = std::chrono::days(7);
    scene.b().unused_since.reset();
    EXPECT_EQ(scene.collect().next, std::nullopt);
}

TEST(ImageCollection, HidesSecretsInNames) {
    Scene scene;
    const auto collection = collect_images(scene.policy, scene.observed, scene.history, now, wall_now,
                                           Redactor({Secret("app:1")}));
    EXPECT_EQ(collection.plan.steps.at(0).object, "(hidden) (sha256:aaaaaaaaaaaa)");
}

}  // namespace
}  // namespace dockerext::plan
