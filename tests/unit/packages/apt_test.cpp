#include "distributions.hpp"
#include "packages/openpgp_armour.hpp"
#include "packages/openpgp_key.hpp"
#include "packages/openpgp_packet.hpp"
#include "packages/signing_key.hpp"
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::packages {
namespace {

namespace fs = std::filesystem;

/// Makes two key owners, and an empty repository signed by each.
constexpr const char* make_repositories = R"sh(set -e
cd "$1"
export GNUPGHOME=$PWD/home
mkdir -m 700 home
trap 'gpgconf --kill all' EXIT
own() { gpg --batch --quiet --passphrase '' "$@"; }
own --quick-gen-key owner ed25519 cert never
own --quick-add-key "$(gpg --list-keys --with-colons owner | awk -F: '/^fpr/ { print $10; exit }')" ed25519 sign never
own --quick-gen-key stranger ed25519 sign never
for who in owner stranger; do
  gpg --export --armor $who >$who.asc
  mkdir $who
  : >$who/Packages
  printf 'Origin: %s\nSuite: test\nDate: %s\nSHA256:\n %s 0 Packages\n' $who "$(LC_ALL=C date -Ru)" \
    "$(sha256sum <$who/Packages | cut -d' ' -f1)" >$who/Release
  own --local-user $who --clearsign --output $who/InRelease $who/Release
done
)sh";

constexpr const char* update = R"sh(set -e
cd "$1"
rm -rf apt && mkdir -p apt/lists/partial apt/cache/archives/partial
: >apt/none
echo "deb [signed-by=$PWD/$3] file:$PWD/$2 ./" >apt/sources.list
apt-get -o Dir::Etc=$PWD/apt -o Dir::Etc::sourceparts=none -o Dir::Etc::parts=none -o Dir::Etc::main=none \
  -o Dir::State=$PWD/apt -o Dir::Cache=$PWD/apt/cache -o Dir::State::status=$PWD/apt/none -o APT::Sandbox::User=root \
  -o APT::Update::Error-Mode=any -o Acquire::AllowInsecureRepositories=false update
)sh";

/// Runs the real apt and GnuPG, because they parse keys in their own ways.
struct AptKeyReading : testing::Test {
    static void SetUpTestSuite() {
        for (const char* path :
             {"/usr/bin/apt-get", "/usr/lib/apt/methods/gpgv", "/usr/bin/gpg", "/usr/bin/gpgv"})
            if (!fs::exists(path)) missing = path;
        if (!missing.empty()) return;
        folder = std::make_unique<test::TemporaryFolder>();
        ASSERT_TRUE(sh(make_repositories, {})) << test::read_file(*folder / "log");
    }
    static void TearDownTestSuite() { folder.reset(); }
    void SetUp() override {
        if (!missing.empty()) GTEST_SKIP() << "needs " << missing;
    }

    static bool sh(const std::string& script, const std::string& arguments) {
        const std::string base = folder->path().string();
        test::write_file(*folder / "script", script);
        const std::string command =
            "/bin/sh " + base + "/script " + base + " " + arguments + " >" + base + "/log 2>&1";
        return std::system(command.c_str()) == 0;
    }
    /// Whether apt accepts the repository of that owner with this key file.
    static bool takes(const std::string& whose, const std::string& key) {
        test::write_file(*folder / "used.asc", key);
        return sh(update, whose + " used.asc");
    }
    static std::string key_of(const std::string& who) { return test::read_file(*folder / (who + ".asc")); }

    static inline std::string missing;
    static inline std::unique_ptr<test::TemporaryFolder> folder;
};

std::string insert_after(std::string text, const std::string& line, const std::string& more) {
    return text.insert(text.find(line) + line.size(), more);
}

/// The base64 between the empty line and the checksum.
std::string base64_of(const std::string& key) {
    const std::size_t begin = key.find("\n\n") + 2;
    return key.substr(begin, key.find("\n=") + 1 - begin);
}

/// Files that hold the owner's key and the stranger's.
std::vector<std::string> key_files_with_both(const std::string& owner, const std::string& stranger) {
    const std::string bytes = *read_armour(owner);
    const std::string other = *read_armour(stranger);
    const std::string unbound_subkey =
        packet_bytes(PacketTag::public_subkey, read_packets(other)->front().body);
    const std::string checksum = owner.substr(owner.find("\n=") + 1, 6);
    return {write_armour(bytes + unbound_subkey),
            insert_after(owner, checksum, base64_of(stranger)),
            insert_after(owner, "KEY BLOCK-----\n", "\n" + base64_of(stranger)),
            insert_after(owner, "KEY BLOCK-----\n", base64_of(stranger)),
            owner + stranger,
            write_armour(bytes + other)};
}

TEST_F(AptKeyReading, FindsOnlyTheKeysOfTheOwner) {
    int leaking = 0, harmless = 0;
    for (const std::string& file : key_files_with_both(key_of("owner"), key_of("stranger"))) {
        leaking += takes("stranger", file) ? 1 : 0;
        const auto key = read_openpgp_key(file);
        if (!key) continue;
        ++harmless;
        EXPECT_TRUE(takes("owner", key->armoured)) << test::read_file(*folder / "log") << file;
        EXPECT_FALSE(takes("stranger", key->armoured)) << file;
    }
    EXPECT_GT(leaking, 0) << "apt reads more than one key";
    EXPECT_GT(harmless, 0);
}

/// Uses the command that downloads Docker's key, with a local file as the source.
TEST_F(AptKeyReading, EndsAtTheLimit) {
    test::write_file(*folder / "endless", std::string(4 * longest_openpgp_key, 'A'));
    SigningKey key =
        *engine_packages(parse_os_release(debian_12), {model::EngineSource::docker_ce, "", "", ""})->key;
    key.fetch.back() = "copy:" + (*folder / "endless").string();
    PackageTools tools;
    tools.root = *folder / "root";
    asio::io_context io;
    PackageRunner runner(tools, {});
    const auto provided = test::run(io, ensure_signing_key(runner, key));
    ASSERT_FALSE(provided);
    EXPECT_THAT(provided.error().message(), testing::HasSubstr("the server sent 64 KiB or more"));
    EXPECT_FALSE(fs::exists(tools.root / "etc/apt/keyrings/docker.asc"));
}

TEST_F(AptKeyReading, MatchesGnuPg) {
    const std::string docker = "9DC858229FC7DD38854AE2D88D81803C0EBFCD88";
    const auto key = read_openpgp_key(test::read_file(OPENPGP_KEYS "/docker-deb.asc"));
    ASSERT_TRUE(key) << key.error().message();
    test::write_file(*folder / "docker.asc", key->armoured);
    ASSERT_TRUE(
        sh("GNUPGHOME=$1/home gpg --with-colons --show-keys $1/docker.asc | cut -d: -f1,2,5,10 >$1/seen", ""))
        << test::read_file(*folder / "log");
    EXPECT_EQ(test::read_file(*folder / "seen"),
              "pub:-:8D81803C0EBFCD88:\nfpr:::9DC858229FC7DD38854AE2D88D81803C0EBFCD88\n"
              "uid:-::Docker Release (CE deb) <docker@docker.com>\n"
              "sub:-:7EA0A9C3F273FCD8:\nfpr:::D3306A018370199E527AE7997EA0A9C3F273FCD8\n");
}

}  // namespace
}  // namespace dockerext::packages
