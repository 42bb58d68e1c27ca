#include "state/good_settings.hpp"

#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace dockerext::state {
namespace {

namespace fs = std::filesystem;

struct GoodSettingsTest : testing::Test {
    test::TemporaryFolder folder;
    GoodSettingsStore store{folder.path()};

    static model::Envelope envelope(int n) {
        return {.sequence = n,
                .public_settings = "{\"n\": " + std::to_string(n) + "}",
                .protected_settings = Secret("{\"environment\": {\"KEY\": \"sesame\"}}")};
    }
    void add(int n, std::map<model::ImageRef, model::ImageId> images = {}) {
        ASSERT_TRUE(store.add({.at = model::WallTime{} + std::chrono::seconds(n),
                               .sequence = n,
                               .fingerprint = std::to_string(n),
                               .images = std::move(images)},
                              envelope(n)));
    }
    std::string numbers() const {
        std::string text;
        for (const GoodSettings& good : store.list()) text += std::to_string(good.number) + " ";
        return text;
    }
};

TEST_F(GoodSettingsTest, AreListedWithTheNewestFirst) {
    EXPECT_EQ(numbers(), "");
    add(5, {{{"nginx:1"}, {"sha256:1"}}});
    add(6);
    const auto all = store.list();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].number, 2U);
    EXPECT_EQ(all[1], (GoodSettings{.number = 1,
                                    .at = model::WallTime{} + std::chrono::seconds(5),
                                    .sequence = 5,
                                    .fingerprint = "5",
                                    .images = {{{"nginx:1"}, {"sha256:1"}}}}));
    const auto read = store.envelope_of(all[1]);
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->public_settings, "{\"n\": 5}");
    EXPECT_EQ(read->protected_settings, envelope(5).protected_settings);
}

TEST_F(GoodSettingsTest, OnlyTenAreKept) {
    for (int n = 1; n <= 13; ++n) add(n);
    EXPECT_EQ(numbers(), "13 12 11 10 9 8 7 6 5 4 ");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder / "good"), {}), 20);
}

TEST_F(GoodSettingsTest, TheSameSettingsAgainHaveOtherImages) {
    add(1, {{{"nginx:1"}, {"sha256:1"}}});
    add(1, {{{"nginx:1"}, {"sha256:2"}}});
    ASSERT_EQ(numbers(), "1 ");
    EXPECT_EQ(store.list()[0].images.at({"nginx:1"}).value, "sha256:2");
}

TEST_F(GoodSettingsTest, AreReadableOnlyByRoot) {
    add(1);
    for (const auto& entry : fs::directory_iterator(folder / "good"))
        EXPECT_EQ(entry.status().permissions(), fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(fs::status(folder / "good").permissions(), fs::perms::owner_all);
}

TEST_F(GoodSettingsTest, ADamagedEntryIsLeftOut) {
    add(1);
    add(2);
    std::ofstream(folder / "good/2.json", std::ios::app) << "x";
    EXPECT_EQ(numbers(), "1 ");
    std::ofstream(folder / "good/settings-1.json", std::ios::app) << "x";
    EXPECT_FALSE(store.envelope_of(store.list()[0]));
    std::ofstream(folder / "good/what.json") << "x";
    EXPECT_EQ(numbers(), "1 ");
}

TEST_F(GoodSettingsTest, AreCleared) {
    add(1);
    add(2);
    ASSERT_TRUE(store.clear());
    EXPECT_EQ(numbers(), "");
    EXPECT_TRUE(fs::is_empty(folder / "good"));
    ASSERT_TRUE(store.clear());
}

}  // namespace
}  // namespace dockerext::state
