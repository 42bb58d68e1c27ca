#include "settings/cms.hpp"

#include "authority.hpp"
#include "base/base64.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/evp.h>

namespace dockerext::settings {
namespace {

using testing::HasSubstr;

constexpr std::string_view document = R"({"environment": {"KEY": "sesame-open"}})";

test::Party tenant() { return test::make_party({.subject = "tenant"}, nullptr, test::KeyKind::rsa_2048); }

std::string encrypted_for(const test::Party& owner, const EVP_CIPHER* cipher) {
    STACK_OF(X509)* recipients = sk_X509_new_null();
    sk_X509_push(recipients, owner.certificate.get());
    BIO* in = BIO_new_mem_buf(document.data(), static_cast<int>(document.size()));
    CMS_ContentInfo* cms = CMS_encrypt(recipients, in, cipher, CMS_BINARY);
    BIO* out = BIO_new(BIO_s_mem());
    i2d_CMS_bio(out, cms);
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(out, &bytes);
    std::string text = base64({bytes, static_cast<std::size_t>(size)});
    BIO_free_all(out);
    CMS_ContentInfo_free(cms);
    BIO_free_all(in);
    sk_X509_free(recipients);
    return text;
}

TEST(Cms, DecryptsEveryAzureCipher) {
    const test::Party owner = tenant();
    const std::string leading = "Bag Attributes\n    localKeyID: 01\nKey Attributes: <No Attributes>\n";
    for (const EVP_CIPHER* cipher : {EVP_des_ede3_cbc(), EVP_aes_128_cbc(), EVP_aes_256_cbc()}) {
        const auto plain = decrypt_cms(encrypted_for(owner, cipher), Secret(leading + owner.pem),
                                       Secret(leading + test::key_pem(*owner.key)));
        ASSERT_TRUE(plain) << plain.error().message();
        EXPECT_EQ(plain->reveal(), document);
    }
}

TEST(Cms, TakesBase64InLines) {
    const test::Party owner = tenant();
    std::string text = encrypted_for(owner, EVP_aes_256_cbc());
    for (std::size_t i = 64; i < text.size(); i += 65) text.insert(i, "\n");
    EXPECT_TRUE(decrypt_cms(text, Secret(owner.pem), Secret(test::key_pem(*owner.key))));
}

TEST(Cms, ReportsWhyItCannotDecrypt) {
    const test::Party owner = tenant();
    const test::Party other = tenant();
    const std::string text = encrypted_for(owner, EVP_aes_256_cbc());
    const std::string key = test::key_pem(*owner.key);
    struct Case {
        std::string base64, certificate, key, complaint;
    };
    const std::vector<Case> cases{
        {"%%%", owner.pem, key, "expected base64 of CMS data"},
        {"AAAA", owner.pem, key, "expected base64 of CMS data"},
        {text, "", key, "cannot read the agent's certificate for them"},
        {text, owner.pem, "", "cannot read the agent's key for them"},
        {text, other.pem, test::key_pem(*other.key),
         "cannot be decrypted with the certificate that they name"},
        {text, owner.pem, test::key_pem(*other.key),
         "the agent's key for them does not match its certificate"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.complaint);
        const auto plain = decrypt_cms(c.base64, Secret(c.certificate), Secret(c.key));
        ASSERT_FALSE(plain);
        EXPECT_EQ(plain.error().kind(), ErrorKind::invalid_input);
        EXPECT_THAT(plain.error().message(), HasSubstr(c.complaint));
    }
}

}  // namespace
}  // namespace dockerext::settings
