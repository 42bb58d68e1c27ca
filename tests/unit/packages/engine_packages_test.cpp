#include "packages/engine_packages.hpp"

#include "distributions.hpp"

#include <gtest/gtest.h>

namespace dockerext::packages {
namespace {

constexpr const char* apt =
    "apt-get --yes --quiet -o DPkg::Lock::Timeout=60 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 ";
constexpr const char* apt_quiet_options =
    "--no-install-recommends --no-remove -o Dpkg::Options::=--force-confdef -o "
    "Dpkg::Options::=--force-confold install ";

Result<InstallRecipe> recipe(const char* release, const model::InstallEngine& request) {
    return engine_packages(parse_os_release(release), request);
}

std::string install(const char* release, const model::InstallEngine& request) {
    const auto found = recipe(release, request);
    return found ? command_text(found->install) : found.error().message();
}

model::InstallEngine distro(const std::string& version = {}) {
    return {model::EngineSource::distro, version, "", ""};
}
model::InstallEngine docker_ce(const std::string& version = {}) {
    return {model::EngineSource::docker_ce, version, "", ""};
}

TEST(EnginePackages, InstallTheDistributionsEngine) {
    const std::string apt_install = std::string(apt) + apt_quiet_options;
    const std::pair<const char*, std::string> cases[] = {
        {debian_12, apt_install + "docker.io apparmor ca-certificates"},
        {debian_13, apt_install + "docker.io docker-cli apparmor ca-certificates"},
        {debian_sid, apt_install + "docker.io docker-cli apparmor ca-certificates"},
        {ubuntu_22, apt_install + "docker.io apparmor ca-certificates"},
        {ubuntu_24, apt_install + "docker.io apparmor ca-certificates"},
        {mint_21, apt_install + "docker.io apparmor ca-certificates"},
        {kali, apt_install + "docker.io apparmor ca-certificates"},
        {fedora_40, "dnf --assumeyes install moby-engine"},
        {amazon_2023, "dnf --assumeyes install docker"},
        {azure_linux_3, "tdnf --assumeyes install moby-engine moby-cli"},
        {mariner_2, "tdnf --assumeyes install moby-engine moby-cli"},
        {sles_15, "zypper --non-interactive install --auto-agree-with-licenses docker"},
        {leap_15, "zypper --non-interactive install --auto-agree-with-licenses docker"},
        {tumbleweed, "zypper --non-interactive install --auto-agree-with-licenses docker"},
    };
    for (const auto& [release, command] : cases) EXPECT_EQ(install(release, distro()), command);
}

TEST(EnginePackages, InstallTheVersionThatIsAskedFor) {
    const std::string apt_install = std::string(apt) + apt_quiet_options;
    const std::tuple<const char*, model::InstallEngine, std::string> cases[] = {
        {debian_12, distro("20.10"), apt_install + "docker.io=20.10* apparmor ca-certificates"},
        {debian_12, distro("20.10.24+dfsg1-1+deb12u1"),
         apt_install + "docker.io=20.10.24+dfsg1-1+deb12u1* apparmor ca-certificates"},
        {debian_13, distro("26.1"),
         apt_install + "docker.io=26.1* docker-cli=26.1* apparmor ca-certificates"},
        {debian_12, docker_ce("26.1"),
         apt_install + "docker-ce=5:26.1* docker-ce-cli=5:26.1* containerd.io apparmor ca-certificates"},
        {ubuntu_24, docker_ce("5:26.1.4-1~ubuntu.24.04~noble"),
         apt_install +
             "docker-ce=5:26.1.4-1~ubuntu.24.04~noble* docker-ce-cli=5:26.1.4-1~ubuntu.24.04~noble* "
             "containerd.io apparmor ca-certificates"},
        {rocky_9, docker_ce("26.1"),
         "dnf --assumeyes install docker-ce-26.1* docker-ce-cli-26.1* containerd.io"},
        {azure_linux_3, distro("25.0"), "tdnf --assumeyes install moby-engine-25.0* moby-cli-25.0*"},
        {sles_15, distro("24.0.7_ce"),
         "zypper --non-interactive install --auto-agree-with-licenses docker=24.0.7_ce"},
    };
    for (const auto& [release, request, command] : cases) EXPECT_EQ(install(release, request), command);
}

std::string text(const InstallRecipe& recipe) {
    std::string all;
    if (recipe.key)
        all += command_text(recipe.key->fetch) + " -> " + recipe.key->path.string() + "\n  " +
               recipe.key->fingerprint + "\n";
    for (const HostFile& file : recipe.files) all += "== " + file.path.string() + "\n" + file.text;
    return all + "== " + command_text(recipe.refresh) + "\n== " + command_text(recipe.install) + "\n";
}

TEST(EnginePackages, ComeFromDockerWithAPinnedKey) {
    EXPECT_EQ(text(*recipe(debian_12, docker_ce())),
              "prlimit --fsize=65536 /usr/lib/apt/apt-helper download-file "
              "https://download.docker.com/linux/debian/gpg -> "
              "/etc/apt/keyrings/docker.asc\n"
              "  9DC858229FC7DD38854AE2D88D81803C0EBFCD88\n"
              "== /etc/apt/sources.list.d/docker.sources\n"
              "# Written by dockerextd, which installed the Docker Engine.\n"
              "Types: deb\n"
              "URIs: https://download.docker.com/linux/debian\n"
              "Suites: bookworm\n"
              "Components: stable\n"
              "Signed-By: /etc/apt/keyrings/docker.asc\n"
              "== " +
                  std::string(apt) +
                  "-o APT::Update::Error-Mode=any update\n"
                  "== " +
                  std::string(apt) + apt_quiet_options +
                  "docker-ce docker-ce-cli containerd.io apparmor ca-certificates\n");
    EXPECT_EQ(text(*recipe(rhel_9, docker_ce())),
              "prlimit --fsize=65536 curl --fail --silent --show-error --location --proto =https --retry 3 "
              "--max-time 60 "
              "https://download.docker.com/linux/rhel/gpg --output -> /etc/pki/rpm-gpg/RPM-GPG-KEY-docker\n"
              "  060A61C51B558A7F742B77AAC52FEB6B621E9F35\n"
              "== /etc/yum.repos.d/docker-ce.repo\n"
              "# Written by dockerextd, which installed the Docker Engine.\n"
              "[docker-ce-stable]\n"
              "name=Docker CE Stable\n"
              "baseurl=https://download.docker.com/linux/rhel/9/$basearch/stable\n"
              "enabled=1\n"
              "gpgcheck=1\n"
              "gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-docker\n"
              "== dnf --assumeyes makecache --refresh\n"
              "== dnf --assumeyes install docker-ce docker-ce-cli containerd.io\n");
}

TEST(EnginePackages, AreCheckedAgainstTheKeyOfTheMirror) {
    const std::string own(40, 'A');
    for (const char* release : {debian_12, rocky_9}) {
        EXPECT_EQ(recipe(release, {model::EngineSource::docker_ce, "", "http://m.example", own, ""})
                      ->key->fingerprint,
                  own);
        EXPECT_NE(recipe(release, docker_ce())->key->fingerprint, own);
    }
}

TEST(EnginePackages, ComeFromTheMirrorForTheMatchingRelease) {
    struct Case {
        const char* release;
        std::string mirror, environment;
        std::string line;  ///< the expected line of the repository's file
    };
    const Case cases[] = {
        {ubuntu_24, "", "", "URIs: https://download.docker.com/linux/ubuntu\nSuites: noble\n"},
        {mint_21, "", "", "URIs: https://download.docker.com/linux/ubuntu\nSuites: jammy\n"},
        {ubuntu_24, "", "AzureCloud", "URIs: https://download.docker.com/linux/ubuntu\n"},
        {ubuntu_24, "", "AzureChinaCloud", "URIs: https://mirror.azure.cn/docker-ce/linux/ubuntu\n"},
        {ubuntu_24, "http://mirror.example.org/docker/", "AzureChinaCloud",
         "URIs: http://mirror.example.org/docker/linux/ubuntu\n"},
        {rocky_9, "", "", "baseurl=https://download.docker.com/linux/centos/9/$basearch/stable\n"},
        {fedora_40, "", "", "baseurl=https://download.docker.com/linux/fedora/40/$basearch/stable\n"},
    };
    for (const auto& [release, mirror, environment, line] : cases) {
        const auto found = recipe(release, {model::EngineSource::docker_ce, "", mirror, "", environment});
        ASSERT_TRUE(found) << found.error().message();
        EXPECT_NE(found->files.at(0).text.find(line), std::string::npos) << found->files.at(0).text;
    }
}

TEST(EnginePackages, AreRefusedWithARemedy) {
    const std::tuple<const char*, model::InstallEngine, std::string> cases[] = {
        {rhel_9, distro(),
         "Red Hat Enterprise Linux 9.4 (Plow) has no package of the Docker Engine; set \"docker\": "
         "{\"install\": "
         "\"docker-ce\"} to take Docker's own"},
        {rocky_9, distro(),
         "Rocky Linux 9.4 (Blue Onyx) has no package of the Docker Engine; set \"docker\": {\"install\": "
         "\"docker-ce\"} to take Docker's own"},
        {azure_linux_3, docker_ce(),
         "Docker has no packages for Microsoft Azure Linux 3.0; set \"docker\": {\"install\": \"distro\"} to "
         "take the "
         "distribution's"},
        {sles_15, docker_ce(),
         "Docker has no packages for SUSE Linux Enterprise Server 15 SP6; set \"docker\": {\"install\": "
         "\"distro\"} to "
         "take the distribution's"},
        {amazon_2023, docker_ce(),
         "Docker has no packages for Amazon Linux 2023.5.20240916; set \"docker\": {\"install\": \"distro\"} "
         "to take "
         "the distribution's"},
        {kali, docker_ce(),
         "Docker has no packages for Kali GNU/Linux Rolling; set \"docker\": {\"install\": \"distro\"} to "
         "take the "
         "distribution's"},
        {debian_12, distro("-o Evil=1"), "'-o Evil=1' is not a package version"},
        {debian_12, distro("20.10\nPin"), "'20.10\nPin' is not a package version"},
        {debian_12,
         {model::EngineSource::docker_ce, "", "ftp://x", ""},
         "'ftp://x' is not the URL of a mirror"},
        {debian_12,
         {model::EngineSource::docker_ce, "", "https://x\nTrusted: yes", ""},
         "'https://x\nTrusted: yes' is not the URL of a mirror"},
    };
    for (const auto& [release, request, message] : cases) {
        const auto found = recipe(release, request);
        ASSERT_FALSE(found) << message;
        EXPECT_EQ(found.error().kind(), ErrorKind::invalid_input);
        EXPECT_EQ(found.error().message(), message);
    }
    EXPECT_FALSE(recipe(alpine_3, distro()));
}

std::string lines(const std::vector<Command>& commands) {
    std::string text;
    for (const Command& command : commands) text += command_text(command) + "\n";
    return text;
}

/// Issue 74 of the old extension: an engine of a chosen version.
TEST(EnginePackages, PinTheRequestedVersion) {
    const auto debian = recipe(debian_13, distro("26.1"));
    ASSERT_EQ(debian->pin.files.size(), 1U);
    EXPECT_EQ(debian->pin.files[0].path, "/etc/apt/preferences.d/dockerextd");
    EXPECT_EQ(debian->pin.files[0].text,
              "# Written by dockerextd, which installed the Docker Engine.\n"
              "# The settings ask for this version (docker.install).\n"
              "Package: docker.io docker-cli\n"
              "Pin: version 26.1*\n"
              "Pin-Priority: 1000\n");
    EXPECT_EQ(lines(debian->pin.commands), "");
    const auto rocky = recipe(rocky_9, docker_ce("26.1"));
    EXPECT_EQ(lines(rocky->pin.commands),
              "dnf --assumeyes install dnf-command(versionlock)\n"
              "dnf --assumeyes versionlock add docker-ce docker-ce-cli\n");
    EXPECT_EQ(lines(rocky->pin.release),
              "dnf --assumeyes install dnf-command(versionlock)\n"
              "dnf --assumeyes versionlock delete docker-ce docker-ce-cli\n");
    const auto sles = recipe(sles_15, distro("24.0.7_ce"));
    EXPECT_EQ(lines(sles->pin.commands), "zypper --non-interactive addlock docker\n");
    EXPECT_EQ(lines(sles->pin.release), "zypper --non-interactive removelock docker\n");
    EXPECT_TRUE(sles->pin.possible());
    EXPECT_FALSE(recipe(mariner_2, distro("20.10"))->pin.possible());
}

std::string removal(const char* release) {
    const auto found = package_removal(parse_os_release(release), {"a", "b"});
    if (!found) return found.error().message();
    EXPECT_EQ(found->packages, (std::vector<std::string>{"a", "b"}));
    return command_text(found->remove) + " | " + command_text(found->repair);
}

TEST(EnginePackages, AreRemovedWithoutTheirDataAndConfiguration) {
    const std::string apt_remove =
        std::string(apt) + "remove | dpkg --force-confdef --force-confold --configure -a";
    const std::pair<const char*, std::string> cases[] = {
        {debian_12, apt_remove},
        {ubuntu_24, apt_remove},
        {rocky_9, "dnf --assumeyes remove | "},
        {azure_linux_3, "tdnf --assumeyes remove | "},
        {sles_15, "zypper --non-interactive remove | "},
    };
    for (const auto& [release, command] : cases) EXPECT_EQ(removal(release), command);
    EXPECT_FALSE(package_removal(parse_os_release(alpine_3), {}));
    EXPECT_EQ(package_removal(parse_os_release(debian_12), {})->environment,
              recipe(debian_12, distro())->environment);
}

TEST(EnginePackages, ListExtraPackagesAndFiles) {
    const auto description_of = [](const char* release, const model::InstallEngine& request) {
        const auto found = recipe(release, request);
        std::string text;
        for (const auto& packages : {found->packages, found->extra_packages})
            for (const std::string& package : packages) text += package + " ";
        for (const auto& place : found->file_paths()) text += place.string() + " ";
        return text;
    };
    EXPECT_EQ(description_of(debian_12, distro()), "docker.io ");
    EXPECT_EQ(description_of(debian_12, docker_ce()),
              "docker-ce docker-ce-cli containerd.io /etc/apt/keyrings/docker.asc "
              "/etc/apt/sources.list.d/docker.sources ");
    EXPECT_EQ(description_of(rocky_9, docker_ce()),
              "docker-ce docker-ce-cli containerd.io /etc/pki/rpm-gpg/RPM-GPG-KEY-docker "
              "/etc/yum.repos.d/docker-ce.repo ");
}

TEST(EnginePackages, AskNoQuestionsAndRestartNothingElse) {
    EXPECT_EQ(recipe(debian_12, distro())->environment,
              (std::vector<std::string>{"DEBIAN_FRONTEND=noninteractive", "DEBIAN_PRIORITY=critical",
                                        "APT_LISTCHANGES_FRONTEND=none", "NEEDRESTART_SUSPEND=1"}));
    EXPECT_EQ(recipe(sles_15, distro())->environment, std::vector<std::string>{"ZYPP_LOCK_TIMEOUT=60"});
}

}  // namespace
}  // namespace dockerext::packages
