#include "model/ownership.hpp"

#include "model/labels.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace dockerext::model {
namespace {

const ProjectName demo{"demo"};

/// The labels that Compose and this daemon set on a replica.
Labels replica() {
    return {{std::string(labels::project), "demo"},  {std::string(labels::service), "web"},
            {std::string(labels::number), "2"},      {std::string(labels::oneoff), "False"},
            {std::string(labels::config_hash), "h"}, {std::string(labels::image), "sha256:1"}};
}

Labels with(Labels all, std::string_view label, const std::string& value) {
    all[std::string(label)] = value;
    return all;
}

Labels without(Labels all, std::string_view label) {
    all.erase(std::string(label));
    return all;
}

TEST(Ownership, AReplicaHasEveryReplicaLabel) {
    EXPECT_EQ(claimed_slot(replica(), demo), (Slot{{"web"}, 2}));
    EXPECT_EQ(claimed_slot(without(replica(), labels::image), demo),
              (Slot{{"web"}, 2}));  // docker-compose v1
    const std::vector<std::pair<std::string, Labels>> strangers{
        {"no labels", {}},
        {"what an image that Compose has built brings",
         {{std::string(labels::project), "demo"}, {std::string(labels::service), "web"}}},
        {"another project", with(replica(), labels::project, "else")},
        {"no project", without(replica(), labels::project)},
        {"no service", without(replica(), labels::service)},
        {"empty service", with(replica(), labels::service, "")},
        {"no number", without(replica(), labels::number)},
        {"number 0", with(replica(), labels::number, "0")},
        {"negative number", with(replica(), labels::number, "-1")},
        {"unreadable number", with(replica(), labels::number, "1st")},
        {"number too large", with(replica(), labels::number, "99999999999")},
        {"one-off", with(replica(), labels::oneoff, "True")},
        {"no oneoff", without(replica(), labels::oneoff)},
        {"no hash", without(replica(), labels::config_hash)},
        {"empty hash", with(replica(), labels::config_hash, "")},
    };
    for (const auto& [what, labels] : strangers) EXPECT_FALSE(claimed_slot(labels, demo)) << what;
    EXPECT_FALSE(claimed_slot(with(replica(), labels::project, ""), {}));
}

TEST(Ownership, AClaimIsProvedByTheImageLabel) {
    EXPECT_TRUE(proves_claim(replica(), {"sha256:1"}));
    EXPECT_FALSE(proves_claim(replica(), {"sha256:2"}));
    EXPECT_FALSE(proves_claim(without(replica(), labels::image), {"sha256:1"}));
    EXPECT_FALSE(proves_claim(without(replica(), labels::image), {}));
}

TEST(Ownership, AClaimIsInheritedIfNoLabelDiffersFromTheImage) {
    EXPECT_TRUE(is_claim_inherited(with(replica(), "by", "hand"), with(replica(), "maker", "somebody")));
    EXPECT_FALSE(is_claim_inherited(replica(), {}));
    for (const auto label : {labels::project, labels::service, labels::number, labels::oneoff,
                             labels::config_hash, labels::image}) {
        EXPECT_FALSE(is_claim_inherited(replica(), with(replica(), label, "other"))) << label;
    }
}

TEST(Ownership, ANetworkOrVolumeHasProjectAndKeyLabels) {
    const Labels network{{std::string(labels::project), "demo"}, {std::string(labels::network), "default"}};
    EXPECT_TRUE(belongs_to(demo, network, labels::network));
    EXPECT_FALSE(belongs_to(demo, network, labels::volume));
    EXPECT_FALSE(belongs_to({"else"}, network, labels::network));
    EXPECT_FALSE(belongs_to(demo, without(network, labels::network), labels::network));
    EXPECT_FALSE(belongs_to({}, with(network, labels::project, ""), labels::network));
}

}  // namespace
}  // namespace dockerext::model
