#include "base/redactor.hpp"

#include <gtest/gtest.h>

namespace dockerext {
namespace {

TEST(Redactor, HidesEverySecretEvenInsideAnother) {
    const Redactor redact({Secret("hunter2"), Secret("hunter2-longer")});
    EXPECT_EQ(redact("a hunter2 b hunter2-longer c"), "a (hidden) b (hidden) c");
    EXPECT_TRUE(redact.has_secret_in("xhunter2x"));
    EXPECT_FALSE(redact.has_secret_in("hunter"));
}

TEST(Redactor, HidesASecretInEveryEncoding) {
    struct {
        std::string_view secret, text, shown;
    } const table[] = {
        {"pass\"word\\", R"(stat "pass\"word\\": no such file)", R"-(stat "(hidden)": no such file)-"},
        {"pass\"word\\", R"({"message":"stat \"pass\\\"word\\\\\""})",
         R"-({"message":"stat \"(hidden)\""})-"},
        {"a<b>&c", R"("a\u003cb\u003e\u0026c")", R"-("(hidden)")-"},
        {"pässword", R"("p\u00e4ssword", "p\xc3\xa4ssword")", R"-("(hidden)", "(hidden)")-"},
        {"key\xF0\x9F\x94\x91!", R"("key\ud83d\udd11!", "key\U0001f511!")", R"-("(hidden)", "(hidden)")-"},
        {"p@ss/wörd", "GET /?t=p%40ss%2Fw%c3%b6rd&u=1", "GET /?t=(hidden)&u=1"},
        {"p@ss/wörd", "https://u:p%40ss%2fw%C3%B6rd@r.io/v2/", "https://u:(hidden)@r.io/v2/"},
        {"two words", "password=two+words&grant=1", "password=(hidden)&grant=1"},
        {"two words+", "password=two+words%2B", "password=(hidden)"},
        {"two words", "two\n   words", "(hidden)"},
        {"trailing-nl\n", "is trailing-nl.", "is (hidden)."},
        {"hunter22", "Basic aHVudGVyMjI=", "Basic (hidden)="},
        {"hunter22", "Basic dTpodW50ZXIyMg==", "Basic dT(hidden)=="},          // u:hunter22
        {"hunter22", "Basic dXM6aHVudGVyMjI=", "Basic dXM6(hidden)="},         // us:hunter22
        {"hunter22", "Basic dXNlcjpodW50ZXIyMg==", "Basic dXNlcj(hidden)=="},  // user:hunter22
        {"\?\?>>~~secret", "Pz8-Pn5-c2VjcmV0 and Pz8+Pn5+c2VjcmV0", "(hidden) and (hidden)"},
        {"pass\"word", "X-Registry-Auth: eyJwYXNzd29yZCI6InBhc3NcIndvcmQifQ",
         "X-Registry-Auth: eyJwYXNzd29yZCI6I(hidden)ifQ"},
        {"hunter22", "auth=dTpodW50ZXIyMg%3D%3D", "auth=dT(hidden)%3D%3D"},
        {"hunter22", "ZFRwb2RXNTBaWEl5TWc9PQ==", "ZF(hidden)9PQ=="},  // twice, as in a Kubernetes secret
        {"a rather long secret, which is broken into lines",
         "YSByYXRoZXIgbG9uZyBzZWNyZXQsIHdoaWNoIGlz\nIGJyb2tlbiBpbnRvIGxpbmVz\n", "(hidden)\n"},
    };
    for (const auto& row : table) EXPECT_EQ(Redactor({Secret(row.secret)})(row.text), row.shown) << row.text;
}

TEST(Redactor, HidesTheLinesOfALongSecret) {
    const Redactor redact(
        {Secret("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQ==\nshort\n"
                "-----END PRIVATE KEY-----\n")});
    EXPECT_EQ(redact("MIIEvQIBADANBgkq"), "(hidden)");
    EXPECT_EQ(redact("cut: hkiG9w0BAQ==\\nshort\\n--"), "cut: (hidden)\\nshort\\n--");
    EXPECT_EQ(redact("expected -----BEGIN PRIVATE KEY-----"), "expected -----BEGIN PRIVATE KEY-----");
    const std::string_view whole =
        "-----BEGIN PRIVATE KEY----- MIIEvQIBADANBgkq hkiG9w0BAQ== short "
        "-----END PRIVATE KEY-----";
    EXPECT_EQ(redact("got: " + std::string(whole) + "."), "got: (hidden).");
}

TEST(Redactor, FindsSecretsAnywhereInALongText) {
    const Redactor redact({Secret("hunter22")});
    for (std::size_t before = (32U << 10) - 10; before < (32U << 10) + 10; ++before) {
        const std::string space(before, '.');
        EXPECT_EQ(redact(space + "hunter22" + space), space + "(hidden)" + space);
    }
}

TEST(Redactor, MergesTheSecretsOfAnother) {
    Redactor redact({Secret("new-hunter2")});
    redact.merge(Redactor({Secret("hunter2")}));
    EXPECT_EQ(redact("hunter2, new-hunter2"), "(hidden), (hidden)");
}

TEST(Redactor, LeavesValuesTooShortToBeSecrets) {
    EXPECT_EQ(Redactor({Secret("1"), Secret("")})("port 1"), "port 1");
}

TEST(Redactor, LeavesTextsWithoutSecrets) {
    const Redactor redact({Secret("hunter22")});
    for (const std::string_view text : {"", "\\", "\\u12", "\\x", "%", "%4", "100 % of \\d+ c:\\new",
                                        "aHVudGVy", "hunter2 2", "=====", "\xFF\\"})
        EXPECT_EQ(redact(text), text);
}

TEST(Redactor, RecognizesAPhraseThatContainsASecret) {
    const Redactor redact({Secret("password")});
    const std::string words = redact("incorrect username or password");
    EXPECT_EQ(words, "incorrect username or (hidden)");
    EXPECT_TRUE(redact.contains_phrase(words, "username or password"));
    EXPECT_FALSE(redact.contains_phrase(words, "username and password"));
}

}  // namespace
}  // namespace dockerext
