#include "engine/swarm.hpp"

#include "engine/swarm_error.hpp"
#include "support/fake_engine.hpp"
#include "support/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::engine {
namespace {

using test::http_answer;
using test::run;
using testing::HasSubstr;
using testing::Not;

std::string message(const std::string& text) { return R"({"message":")" + text + R"("})"; }

const std::string already_member =
    message(R"(This node is already part of a swarm. Use \"docker swarm leave\" to leave this swarm)");
const std::string locked = message("Swarm is encrypted and needs to be unlocked before it can be used.");

struct SwarmTest : testing::Test {
    asio::io_context io;
    test::FakeEngine fake{io};
    Client client{io.get_executor(), fake.socket()};

    Result<> join(unsigned status, const std::string& body) {
        fake.answer("POST /v1.40/swarm/join", http_answer(status, body));
        return run(io, join_swarm(client, "10.0.0.5:2377", Secret("{the body}"), Secret("SWMTKN-1-a-b")));
    }
};

TEST_F(SwarmTest, IsReadWithItsSpecAsItIs) {
    fake.answer("GET /v1.40/swarm",
                http_answer(200, R"({"ID":"c1","Version":{"Index":38},"Spec":{"Name":"default","Raft":{)"
                                 R"("SnapshotInterval":10000}},"JoinTokens":{"Worker":"w","Manager":"m"}})"));
    const auto swarm = run(io, inspect_swarm(client));
    ASSERT_TRUE(swarm) << swarm.error().message();
    EXPECT_EQ(swarm->id, "c1");
    EXPECT_EQ(swarm->version, 38U);
    EXPECT_EQ(swarm->spec, R"({"Name":"default","Raft":{"SnapshotInterval":10000}})");
    EXPECT_EQ(swarm->worker_token.reveal(), "w");
    EXPECT_EQ(swarm->manager_token.reveal(), "m");
}

TEST_F(SwarmTest, NoErrorQuotesAnAnswerThatMayHoldTokens) {
    for (const char* answer :
         {R"({"JoinTokens":{"Worker":"SWMTKN-1"}})", R"("SWMTKN-1", SWMTKN-1)", "SWMTKN-1"}) {
        fake.answer("GET /v1.40/swarm", http_answer(200, answer));
        const auto swarm = run(io, inspect_swarm(client));
        ASSERT_FALSE(swarm) << answer;
        EXPECT_EQ(swarm.error().kind(), ErrorKind::unavailable);
        EXPECT_THAT(swarm.error().message(), Not(HasSubstr("SWMTKN")));
    }
}

TEST_F(SwarmTest, TellsItsUnlockKey) {
    fake.answer("GET /v1.40/swarm/unlockkey", http_answer(200, R"({"UnlockKey":"SWMKEY-1-k"})"));
    EXPECT_EQ(run(io, swarm_unlock_key(client)).value().reveal(), "SWMKEY-1-k");
    fake.answer("GET /v1.40/swarm/unlockkey", http_answer(200, R"({"UnlockKey":""})"));
    EXPECT_EQ(run(io, swarm_unlock_key(client)).value().reveal(), "");
}

TEST_F(SwarmTest, InitializingASecondTimeSucceeds) {
    const std::tuple<unsigned, std::string, bool> cases[] = {{200, R"("the node's id")", true},
                                                             {503, already_member, true},
                                                             {503, locked, false},
                                                             {400, message("invalid ListenAddr"), false},
                                                             {500, message("invalid base pool x"), false}};
    for (const auto& [status, body, done] : cases) {
        SCOPED_TRACE(body);
        fake.answer("POST /v1.40/swarm/init", http_answer(status, body));
        EXPECT_EQ(run(io, init_swarm(client, R"({"ListenAddr":"x"})")).has_value(), done);
        EXPECT_EQ(fake.bodies().back(), R"({"ListenAddr":"x"})");
    }
}

TEST_F(SwarmTest, JoiningTellsWhyItFailed) {
    EXPECT_TRUE(join(200, ""));
    EXPECT_EQ(fake.bodies().back(), "{the body}");
    const std::tuple<unsigned, std::string, ErrorKind, std::string> cases[] = {
        {503, already_member, ErrorKind::conflict, "this machine is part of a swarm already"},
        {400,
         message("rpc error: code = InvalidArgument desc = A valid join token is necessary to join this "
                 "cluster"),
         ErrorKind::invalid_input, "the manager refuses the join token"},
        {500, message("invalid join token"), ErrorKind::invalid_input, "cannot read the join token"},
        {500, message("remote CA does not match fingerprint. Expected: 0c84"), ErrorKind::invalid_input,
         "the manager belongs to another swarm"},
        {503, message("Timeout was reached before node joined. The attempt to join the swarm will continue"),
         ErrorKind::timeout, "the engine continues to try"},
        {503, message("rpc error: code = Unavailable desc = connection error: desc = x: connection refused"),
         ErrorKind::unavailable,
         "through 10.0.0.5:2377: connection error: desc = x: connection refused (503)"},
    };
    for (const auto& [status, body, kind, text] : cases) {
        const auto joined = join(status, body);
        ASSERT_FALSE(joined) << body;
        EXPECT_EQ(joined.error().kind(), kind) << body;
        EXPECT_THAT(joined.error().message(), HasSubstr(text));
        EXPECT_THAT(joined.error().message(), testing::StartsWith("join swarm through 10.0.0.5:2377: "));
    }
}

TEST_F(SwarmTest, NoErrorOfAJoinHoldsTheToken) {
    const auto joined = join(500, message("cannot take SWMTKN-1-a-b"));
    ASSERT_FALSE(joined);
    EXPECT_THAT(joined.error().message(), Not(HasSubstr("SWMTKN-1-a-b")));
}

TEST_F(SwarmTest, UnlockingAnUnlockedOneSucceeds) {
    const std::tuple<unsigned, std::string, bool, ErrorKind> cases[] = {
        {200, "", true, {}},
        {409, message("swarm is not locked"), true, {}},
        {401, message("swarm could not be unlocked: invalid key provided"), false, ErrorKind::invalid_input},
        {400, message("invalid key string"), false, ErrorKind::invalid_input},
        {503, message("This node is not a swarm manager. Worker"), false, ErrorKind::conflict}};
    for (const auto& [status, body, done, kind] : cases) {
        SCOPED_TRACE(body);
        fake.answer("POST /v1.40/swarm/unlock", http_answer(status, body));
        const auto unlocked = run(io, unlock_swarm(client, Secret("the key")));
        EXPECT_EQ(unlocked.has_value(), done);
        if (!done) {
            EXPECT_EQ(unlocked.error().kind(), kind);
        }
        EXPECT_EQ(fake.bodies().back(), R"({"UnlockKey":"the key"})");
    }
}

TEST_F(SwarmTest, LeavingTwiceSucceeds) {
    const std::tuple<unsigned, std::string, bool> cases[] = {
        {200, "", true},
        {503, message("This node is not part of a swarm"), true},
        {503, message("You are attempting to leave the swarm on a node that is participating as a manager."),
         false},
        {503, message("Swarm is encrypted and locked. Please unlock it first"), false}};
    for (const auto& [status, body, done] : cases) {
        SCOPED_TRACE(body);
        fake.answer("POST /v1.40/swarm/leave", http_answer(status, body));
        fake.answer("POST /v1.40/swarm/leave?force=1", http_answer(status, body));
        EXPECT_EQ(run(io, leave_swarm(client, LeaveMode::usual)).has_value(), done);
        EXPECT_EQ(fake.requests().back(), "POST /v1.40/swarm/leave");
        EXPECT_EQ(run(io, leave_swarm(client, LeaveMode::forced)).has_value(), done);
        EXPECT_EQ(fake.requests().back(), "POST /v1.40/swarm/leave?force=1");
    }
}

TEST_F(SwarmTest, UpdatesNameTheirVersionAndWhatToRotate) {
    const std::pair<std::optional<SwarmSecret>, std::string> cases[] = {
        {{}, ""},
        {SwarmSecret::worker_token, "&rotateWorkerToken=true"},
        {SwarmSecret::manager_token, "&rotateManagerToken=true"},
        {SwarmSecret::unlock_key, "&rotateManagerUnlockKey=true"}};
    for (const auto& [rotate, parameter] : cases) {
        fake.answer("POST /v1.40/swarm/update?version=38" + parameter, http_answer(200, ""));
        EXPECT_TRUE(run(io, update_swarm(client, 38, "{}", rotate)));
    }
    fake.answer("POST /v1.40/swarm/update?version=1",
                http_answer(500, message("rpc error: code = Unknown desc = update out of sequence")));
    const auto updated = run(io, update_swarm(client, 1, "{}"));
    EXPECT_EQ(updated.error().kind(), ErrorKind::conflict);
    EXPECT_EQ(updated.error().message(), "update swarm: it was changed meanwhile");
}

TEST(SwarmError, KnowsWhatTheEngineMeans) {
    const std::pair<std::string, ErrorKind> cases[] = {
        {"rpc error: code = Unknown desc = The swarm does not have a leader. It's possible that too few",
         ErrorKind::unavailable},
        {"rpc error: code = DeadlineExceeded desc = context deadline exceeded", ErrorKind::unavailable},
        {"rpc error: code = Unknown desc = raft: failed to process the request: node lost leader status",
         ErrorKind::unavailable},
        {"Swarm is encrypted and needs to be unlocked before it can be used.", ErrorKind::unavailable},
        {"rpc error: code = FailedPrecondition desc = attempting to demote the last manager of the swarm",
         ErrorKind::conflict},
        {"can't remove member from the raft: this would result in a loss of quorum", ErrorKind::conflict},
    };
    for (const auto& [text, kind] : cases) {
        const Error error = swarm_error({ErrorKind::internal, text}, {});
        EXPECT_EQ(error.kind(), kind) << text;
        EXPECT_THAT(error.message(), Not(HasSubstr("rpc error"))) << text;
    }
    EXPECT_EQ(swarm_error({ErrorKind::timeout, "no answer in time"}, {}).kind(), ErrorKind::timeout);
    EXPECT_EQ(swarm_error({ErrorKind::conflict, "rpc error: code = 5"}, {}).message(), "rpc error: code = 5");
}

TEST(SwarmError, IsRecognizedThoughPartsOfItAreHidden) {
    const Redactor redact({Secret("sequence")});
    const Error error = swarm_error({ErrorKind::unavailable, redact("update out of sequence")}, redact);
    EXPECT_EQ(error.kind(), ErrorKind::conflict);
}

}  // namespace
}  // namespace dockerext::engine
