#include "host/openpgp_key.hpp"

#include "openpgp_keys.hpp"

#include <gtest/gtest.h>

namespace dockerext::host {
namespace {

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    return text.replace(text.find(what), what.size(), by);
}

TEST(OpenPgpKey, HasAFingerprint) {
    const auto fingerprint = openpgp_fingerprint(one_key);
    ASSERT_TRUE(fingerprint) << fingerprint.error().message();
    EXPECT_EQ(*fingerprint, one_fingerprint);
    EXPECT_EQ(
        *openpgp_fingerprint(replaced(one_key, "BLOCK-----\n\n", "BLOCK-----\nVersion: x\nComment: y\n\n")),
        one_fingerprint);
    EXPECT_EQ(*openpgp_fingerprint(std::string("a page around it\n") + one_key), one_fingerprint);
}

TEST(OpenPgpKey, IsOneAndWhole) {
    const std::string bad[] = {
        two_keys,
        std::string(one_key) + one_key,
        "",
        "<html>404</html>",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n-----END PGP PUBLIC KEY BLOCK-----\n",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n",
        replaced(one_key, "mDME", "mDM"),       // a letter lost
        replaced(one_key, "mDME", "mDM*"),      // no base64
        replaced(one_key, "mDME", "iDME"),      // a signature comes first
        replaced(one_key, "mDMEaw", "mDMDaw"),  // version 3
        replaced(one_key, "mDME", "mP8E"),      // longer than there is
        replaced(one_key, "PUBLIC", "PRIVATE"),
    };
    for (const std::string& text : bad) {
        const auto fingerprint = openpgp_fingerprint(text);
        ASSERT_FALSE(fingerprint) << text;
        EXPECT_EQ(fingerprint.error().kind(), ErrorKind::invalid_input);
    }
}

}  // namespace
}  // namespace dockerext::host
