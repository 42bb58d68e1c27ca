#include "plan/removal.hpp"

#include "plan/plan_text.hpp"

#include <gtest/gtest.h>

namespace dockerext::plan {
namespace {

using namespace model;

Ownership brought(std::set<std::string> packages) {
    Ownership owned;
    owned.installed.packages = std::move(packages);
    return owned;
}

std::string text(const ObservedHost& observed, const Ownership& owned) {
    return to_text(plan_removal(observed, owned));
}

/// Each file that the plan writes, with its content.
std::map<std::string, std::string> files(const ObservedHost& observed, const Ownership& owned) {
    std::map<std::string, std::string> found;
    for (const Step& step : plan_removal(observed, owned).steps) {
        const auto* remove = std::get_if<RemoveEngine>(&step.operation);
        if (remove == nullptr) continue;
        for (const FileChange& file : remove->files)
            found[file.path] = file.content ? std::string(file.content->reveal()) : "(absent)";
    }
    return found;
}

TEST(Removal, RemovesWhatOurInstallationAdded) {
    const std::string why = ": the settings ask for it (docker.install.on-uninstall)\n";
    EXPECT_EQ(text({}, brought({"docker.io"})), "[] -> 0 remove docker.io" + why);
    EXPECT_EQ(text({}, brought({"docker-ce", "docker-ce-cli"})),
              "[] -> 0 remove docker-ce, docker-ce-cli" + why);
    Ownership pinned = brought({"docker.io"});
    pinned.pinned_version = PinnedVersion{EngineSource::distro, "20.10"};
    EXPECT_EQ(text({}, pinned), "[] -> 0 release version 20.10" + why + "[0] -> 1 remove docker.io" + why);
}

TEST(Removal, DoesNotTouchAForeignEngine) {
    Ownership owned = brought({});
    owned.pinned_version = PinnedVersion{EngineSource::distro, "20.10"};
    owned.drop_in = true;
    owned.certificates = true;
    owned.config_keys["debug"] = std::nullopt;
    EXPECT_EQ(text({.systemd = true, .installed = true}, owned), "");
}

TEST(Removal, RemovesOwnFilesAndRestoresForeignOnes) {
    Ownership owned = brought({"docker-ce"});
    owned.installed.files = {"/etc/apt/keyrings/docker.asc"};
    owned.drop_in = true;
    owned.certificates = true;
    owned.config_keys = {{"debug", std::nullopt}, {"log-level", "\"warn\""}};
    owned.logins = {"ours.example"};
    ObservedHost observed;
    observed.files["/etc/docker/daemon.json"] =
        Secret(R"({"debug": true, "log-level": "info", "theirs": 1})");
    observed.modes["/etc/docker/daemon.json"] = 0640;
    observed.files["/root/.docker/config.json"] =
        Secret(R"({"auths": {"ours.example": {"auth": "x"}, "theirs.example": {"auth": "y"}}})");
    observed.modes["/root/.docker/config.json"] = 0600;
    auto found = files(observed, owned);
    for (const char* path : {"/etc/systemd/system/docker.service.d/50-dockerextd.conf", "/etc/docker/ca.pem",
                             "/etc/docker/cert.pem", "/etc/docker/key.pem", "/etc/apt/keyrings/docker.asc"})
        EXPECT_EQ(found[path], "(absent)") << path;
    EXPECT_EQ(found["/etc/docker/daemon.json"], "{\n    \"log-level\": \"warn\",\n    \"theirs\": 1\n}\n");
    EXPECT_EQ(found["/root/.docker/config.json"].find("ours.example"), std::string::npos);
    EXPECT_NE(found["/root/.docker/config.json"].find("theirs.example"), std::string::npos);
    EXPECT_EQ(found.size(), 7U);
}

TEST(Removal, KeepsForeignAndUnreadableFiles) {
    ObservedHost observed;
    observed.files["/etc/docker/daemon.json"] = Secret("{ broken");
    observed.modes["/etc/docker/daemon.json"] = 0644;
    Ownership owned = brought({"docker.io"});
    EXPECT_TRUE(files(observed, owned).empty());
    owned.config_keys["debug"] = std::nullopt;
    EXPECT_TRUE(files(observed, owned).empty());
    observed.files["/etc/docker/daemon.json"] = Secret(R"({"debug": true})");
    EXPECT_EQ(files(observed, owned)["/etc/docker/daemon.json"], "{}\n");
}

}  // namespace
}  // namespace dockerext::plan
