#include "state/envelope_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace dockerext::state {
namespace {

using testing::HasSubstr;
using namespace std::string_literals;

TEST(EnvelopeJson, HasTheSpoolFormat) {
    const auto json = to_json({model::SettingsSource::by_operator, 3, "{\"a\": 1}\n", Secret("{}")});
    EXPECT_EQ(json->reveal(),
              R"({"version":1,"source":"operator","sequence":3,"settings":"{\"a\": 1}\n","protected":"{}"})");
}

TEST(EnvelopeJson, NeedsNoProtectedSettings) {
    const auto envelope = envelope_from(R"({"version":1,"source":"operator","sequence":0,"settings":"{}"})");
    ASSERT_TRUE(envelope);
    EXPECT_EQ(envelope->source, model::SettingsSource::by_operator);
    EXPECT_EQ(envelope->protected_settings.reveal(), "");
}

TEST(EnvelopeJson, RecordsItsHandlerAndThatItIsEncrypted) {
    const model::Envelope envelope{
        model::SettingsSource::azure, 3, "", {}, model::Handler{"/h/status", "/keys", "1.2.0"}, true};
    const auto json = to_json(envelope);
    EXPECT_EQ(json->reveal(), R"({"version":1,"source":"azure","sequence":3,"settings":"","protected":"",)"
                              R"("handler":{"status":"/h/status","keys":"/keys","version":"1.2.0"},)"
                              R"("wrapped":true})");
    const auto read = envelope_from(json->reveal());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->handler, envelope.handler);
    EXPECT_TRUE(read->wrapped);
}

TEST(EnvelopeJson, CarriesDocumentsOfTheLargestSizeAllowed) {
    const std::string newlines(1u << 20, '\n');
    const auto json = to_json({model::SettingsSource::by_operator, 1, newlines, Secret(newlines)});
    ASSERT_TRUE(json);
    EXPECT_EQ(envelope_from(json->reveal())->public_settings, newlines);
}

TEST(EnvelopeJson, RefusesToWriteWhatCannotBeRead) {
    struct Case {
        std::string name, settings, secret, complaint;
    };
    const std::vector<Case> cases{
        {"invalid UTF-8", "{\"a\":\"\xC3\"}", "", "the settings are not UTF-8 text"},
        {"NUL", "{\0}"s, "", "the settings are not UTF-8 text"},
        {"invalid UTF-8 in the protected part", "{}", "\xFF", "the protected settings are not UTF-8 text"},
        {"too large", std::string(6u << 20, ' '), "", "too large"},
        {"too large when escaped", std::string(4u << 20, '"'), "", "too large"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        for (const bool azure : {false, true}) {
            model::Envelope envelope{
                azure ? model::SettingsSource::azure : model::SettingsSource::by_operator, 1, c.settings,
                Secret(c.secret)};
            if (azure) envelope.handler = model::Handler{"/status", "/keys", "1.0.0"};
            envelope.wrapped = azure;
            const auto json = to_json(envelope);
            ASSERT_FALSE(json);
            EXPECT_EQ(json.error().kind(), ErrorKind::invalid_input);
            EXPECT_THAT(json.error().message(), HasSubstr(c.complaint));
        }
    }
}

TEST(EnvelopeJson, RefusesInvalidEnvelopes) {
    struct Case {
        std::string json, complaint;
    };
    const std::vector<Case> cases{
        {"", "line 1"},
        {"{", "line 1"},
        {"[]", "expected object"},
        {"{}", "is missing"},
        {R"({"version":0,"anything":[]})", "version 0 of the envelope, this program reads 1"},
        {R"({"source":"azure","sequence":1,"settings":"{}"})", "is missing"},
        {R"({"version":1,"source":"azure","sequence":1})", "is missing"},
        {R"({"version":1,"source":"azure","sequence":"1","settings":"{}"})", "/sequence: expected"},
        {R"({"version":1,"source":"azure","sequence":1,"settings":[[[]]]})", "nested deeper"},
        {R"({"version":1,"source":"azure","sequence":-1,"settings":"{}"})", "/sequence: expected 0 or more"},
        {R"({"version":1,"source":"azure","sequence":1,"settings":"{}"})", "/handler: missing"},
        {R"({"version":1,"source":"azure","sequence":1,"settings":"{}","handler":{"status":"s","keys":"/k"}})",
         "/handler: status or keys is not an absolute path"},
        {R"({"version":1,"source":"operator","sequence":1,"settings":"{}","wrapped":true})",
         "/handler: not allowed for an operator"},
        {R"({"version":1,"source":"azure","sequence":1,"settings":{}})",
         "/settings: expected string, found object"},
        {R"({"version":1,"source":"nobody","sequence":1,"settings":"{}"})",
         "/source: expected operator or azure"},
        {R"({"version":1,"source":"azure","sequence":1,"settings":"{}","x":1})", "/x: unknown"},
        {R"({"version":1,"source":"azure","sequence":1,"sequence":2,"settings":"{}"})", "duplicate key"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.json);
        const auto envelope = envelope_from(c.json);
        ASSERT_FALSE(envelope);
        EXPECT_EQ(envelope.error().kind(), ErrorKind::invalid_input);
        EXPECT_THAT(envelope.error().message(), HasSubstr(c.complaint));
    }
}

TEST(EnvelopeJson, DistinguishesANewerEnvelopeFromAnInvalidOne) {
    const auto envelope = envelope_from(R"({"version":2,"anything":[]})");
    ASSERT_FALSE(envelope);
    EXPECT_EQ(envelope.error().kind(), ErrorKind::conflict);
    EXPECT_EQ(envelope.error().message(), "version 2 of the envelope, this program reads 1");
}

}  // namespace
}  // namespace dockerext::state
