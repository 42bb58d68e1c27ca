#include "bundle/hidden.hpp"

#include "state/settings_store.hpp"
#include "state/spool_settings.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::bundle {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

TEST(WithoutPasswords, HidesThemInAddresses) {
    const std::pair<const char*, const char*> table[] = {
        {"http://me:pass@proxy:3128/x", "http://(hidden)@proxy:3128/x"},
        {"https://ghp_TOKEN@github.com/x.git", "https://(hidden)@github.com/x.git"},
        {"http://user:pa/ss,'s;@proxy", "http://(hidden)@proxy"},
        {"a http://me:p@ss@proxy b https://u:v@w", "a http://(hidden)@proxy b https://(hidden)@w"},
        {"\"redis://:pass@cache\"", "\"redis://(hidden)@cache\""},
        {"<http://u:v@w> x@y", "<http://(hidden)@w> x@y"},
        {"http://a:b://c@w", "http://(hidden)@w"},
        {"http://host:80 tcp://0.0.0.0:2375 y@z", "http://host:80 tcp://0.0.0.0:2375 y@z"},
        {"", ""},
        {"://", "://"},
    };
    for (const auto& [text, hidden] : table) EXPECT_EQ(without_passwords(text), hidden);
}

TEST(WithoutValues, KeepsNamesAndEverythingElse) {
    const std::pair<const char*, const char*> table[] = {
        {R"({"Id":"1","Config":{"Image":"x","Env":["A=secret","B=","C"],"Cmd":["a"]},"Memory":1})",
         R"x({"Id":"1","Config":{"Image":"x","Env":["A=(hidden)","B=(hidden)","(hidden)"],"Cmd":["a"]},"Memory":1})x"},
        {R"({"HostConfig":{"LogConfig":{"Type":"splunk","Config":{"splunk-token":"secret"}}}})",
         R"x({"HostConfig":{"LogConfig":{"Type":"splunk","Config":{"splunk-token":"(hidden)"}}}})x"},
        {R"({"Volumes":[{"Name":"v","Options":{"o":"secret"}},{"Name":"w","Options":null}]})",
         R"x({"Volumes":[{"Name":"v","Options":{"o":"(hidden)"}},{"Name":"w","Options":null}]})x"},
        {R"({"HostConfig":{"Mounts":[{"VolumeOptions":{"DriverConfig":{"Options":{"o":"secret"}}}}]}})",
         R"x({"HostConfig":{"Mounts":[{"VolumeOptions":{"DriverConfig":{"Options":{"o":"(hidden)"}}}}]}})x"},
        {R"([{"Name":"net","Options":{"mtu":"1400"}}])", R"([{"Name":"net","Options":{"mtu":"1400"}}])"},
        {R"({"log-driver":"splunk","log-opts":{"token":"secret"},"labels":["a=b"]})",
         R"x({"log-driver":"splunk","log-opts":{"token":"(hidden)"},"labels":["a=b"]})x"},
        {R"({"Config":{"Env":null}})", R"({"Config":{"Env":null}})"},
    };
    for (const auto& [json, hidden] : table) EXPECT_EQ(without_values(json).value(), hidden);
    for (const char* other : {"", "x", "{"}) EXPECT_FALSE(without_values(other)) << other;
}

TEST(WithoutStrangers, HidesCommandsAndLabelsOfOthers) {
    const char* const list =
        R"([{"Command":"a","Labels":{"com.docker.compose.project":"shop"}},{"Command":"b","Labels":{"x":"c"}}])";
    EXPECT_EQ(without_strangers(list, "shop").value(),
              R"x([{"Command":"a","Labels":{"com.docker.compose.project":"shop"}},)x"
              "\n"
              R"x({"Command":"(hidden)","Labels":{"x":"(hidden)"}}])x");
    EXPECT_THAT(without_strangers(list, "").value(), Not(HasSubstr(R"("a")")));
    EXPECT_FALSE(without_strangers("{}", "shop"));
}

TEST(WithoutUnitSecrets, HidesVariablesAndCredentials) {
    EXPECT_EQ(without_unit_secrets("[Service]\n"
                                   "Environment=\"A=secret\" B=secret\n"
                                   "EnvironmentFile=-/etc/default/docker\n"
                                   " Environment = A=secret \\\n"
                                   "# comment\n"
                                   "  B=secret\n"
                                   "#Environment=A=secret\n"
                                   "Environment=\\\n"
                                   "A=secret\n"
                                   "Environment=two secrets A=1\n"
                                   "SetCredential=a:secret\n"
                                   "ExecStart=/usr/bin/dockerd -H fd:// \\\n"
                                   "  --log-level=info\n"),
              "[Service]\n"
              "Environment=\"A=(hidden)\n"
              "EnvironmentFile=-/etc/default/docker\n"
              " Environment = A=(hidden)\n"
              "#Environment=A=(hidden)\n"
              "Environment=(hidden)\n"
              "Environment=(hidden)\n"
              "SetCredential=(hidden)\n"
              "ExecStart=/usr/bin/dockerd -H fd:// \\\n"
              "  --log-level=info\n");
    EXPECT_EQ(without_unit_secrets(""), "");
    EXPECT_EQ(without_unit_secrets(
                  "# note \\\nEnvironment=A=secret\nExecStart=/usr/bin/dockerd \\\n"
                  "  --log-opt splunk-token=secret\nExecStop=/bin/true --http-proxy=me:secret@p\n"),
              "# note \\\nEnvironment=A=(hidden)\nExecStart=(hidden)\nExecStop=(hidden)\n");
}

TEST(WithoutValues, HidesTheUserOfAProxyInAnyForm) {
    EXPECT_EQ(
        *without_values(R"({"proxies":{"http-proxy":"me:secret@proxy:3128"},"HttpProxy":"proxy:3128"})"),
        R"({"proxies":{"http-proxy":"(hidden)@proxy:3128"},"HttpProxy":"proxy:3128"})");
}

TEST(WithoutRequestBodies, HidesWhatADebuggingEngineLogs) {
    EXPECT_EQ(without_request_bodies("level=debug msg=\"form data: {\\\"Env\\\":[\\\"A=secret\\\"]}\"\n"
                                     "level=debug msg=x form-data=\"secret\"\nlevel=info\n"),
              "level=debug msg=\"(hidden)\nlevel=debug msg=x (hidden)\nlevel=info\n");
}

TEST(WithoutVariables, HidesTheirValues) {
    EXPECT_EQ(
        without_variables("# Options, don't ask\n\nDOCKER_OPTS=\"secret\"\n#export A='secret'\nsecret\n"),
        "# Options, don't ask\n\nDOCKER_OPTS=(hidden)\n#export A=(hidden)\n(hidden)\n");
    for (const char* many : {"A=\"one\nc2VjcmV0=\n\"\n", "A=one \\\nc2VjcmV0=\n", "A='\nc2VjcmV0=\n'\n"})
        EXPECT_EQ(without_variables(many), "A=(hidden)\n(hidden)\n") << many;
}

TEST(WithHexadecimal, HidesSecretsAndTheirBytes) {
    const Redactor redact = with_hexadecimal({Secret("hunter22"), Secret("abc")});
    EXPECT_EQ(redact("hunter22 68756e7465723232 68756E7465723232 aHVudGVyMjI= abc"),
              "(hidden) (hidden) (hidden) (hidden)= abc");
}

struct SecretsOfMachine : testing::Test {
    test::TemporaryFolder root;
    state::Paths paths{root.path()};
    SecretsOfMachine() { fs::create_directories(paths.state); }

    static model::Envelope envelope(const std::string& secret) {
        return {.public_settings = "{}",
                .protected_settings = Secret(R"({"environment":{"P":")" + secret + "\"}}")};
    }
};

TEST_F(SecretsOfMachine, AreThoseOfAllSettingsAndLogins) {
    state::SettingsStore store(paths.state);
    ASSERT_TRUE(store.save(envelope("formerly-1")));
    ASSERT_TRUE(store.save(envelope("presently-2")));
    ASSERT_TRUE(state::make_folders(paths));
    ASSERT_TRUE(state::spool_settings(paths.spool, envelope("submitted-3")));
    fs::create_directories(root / "root/.docker");
    test::write_file(root / "root/.docker/config.json",
                     R"({"auths":{"r":{"auth":"bWU6c2VzYW1lLTQ=","identitytoken":"token-five"}}})");
    fs::create_directories(root / "etc/docker");
    test::write_file(root / "etc/docker/key.pem",
                     "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----\n");
    const auto redact = secrets_of_machine(root.path(), paths);
    ASSERT_TRUE(redact) << redact.error().message();
    for (const char* secret :
         {"formerly-1", "presently-2", "submitted-3", "sesame-4", "token-five", "MIIEvQIBADANBg"})
        EXPECT_EQ((*redact)(std::string("a ") + secret), "a (hidden)") << secret;
}

TEST_F(SecretsOfMachine, MustBeReadable) {
    EXPECT_TRUE(secrets_of_machine(root.path(), paths)) << "there are none";
    test::write_file(paths.state / "settings.json", "garbage");
    const auto damaged = secrets_of_machine(root.path(), paths);
    ASSERT_FALSE(damaged);
    EXPECT_THAT(damaged.error().message(), HasSubstr("cannot be read"));
}

TEST_F(SecretsOfMachine, MustAllBeReadable) {
    state::SettingsStore store(paths.state);
    ASSERT_TRUE(store.save(envelope("presently-2")));
    const std::string state = "var/lib/dockerextd/";
    for (const std::string& damaged :
         {state + "settings.json.previous", state + "good/settings-7.json", state + "good/settings-7.json/x",
          state + "spool/new/", state + "spool/rejected/", std::string("root/.docker/config.json"),
          std::string("etc/docker/key.pem/folder")}) {
        const fs::path path = root / damaged;
        fs::create_directories(path.parent_path());
        if (damaged.ends_with('/')) {
            for (int i = 0; i <= 1000; ++i) test::write_file(path / std::to_string(i), "");
        } else {
            test::write_file(path, "garbage");
        }
        const auto refused = secrets_of_machine(root.path(), paths);
        EXPECT_TRUE(!refused && refused.error().message().find("cannot be read") != std::string::npos)
            << damaged;
        fs::remove_all(damaged.ends_with('/') ? path.parent_path() : path);
        if (damaged.ends_with("folder") || damaged.ends_with("/x")) fs::remove_all(path.parent_path());
        EXPECT_TRUE(secrets_of_machine(root.path(), paths)) << damaged;
    }
}

}  // namespace
}  // namespace dockerext::bundle
