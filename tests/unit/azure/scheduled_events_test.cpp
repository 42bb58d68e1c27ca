#include "azure/scheduled_events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::azure {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr std::string_view machine = "web_3";

/// As Azure documents an event, with some members replaced.
std::string event(const std::string& type, const std::string& resources,
                  const std::string& not_before = "Mon, 19 Sep 2022 18:29:47 GMT") {
    return R"({"EventId": "id-of-)" + type + R"(", "EventType": ")" + type +
           R"(", "ResourceType": "VirtualMachine", "Resources": )" + resources +
           R"(, "EventStatus": "Scheduled", "NotBefore": ")" + not_before +
           R"(", "Description": "", "EventSource": "Platform", "DurationInSeconds": -1})";
}
std::string events(const std::string& list) {
    return R"({"DocumentIncarnation": 2, "Events": [)" + list + "]}";
}

std::optional<MachineEnd> end_in(const std::string& list) {
    const auto end = read_machine_end(200, events(list), machine);
    EXPECT_TRUE(end) << end.error().message();
    return end ? *end : std::nullopt;
}

TEST(ScheduledEvents, AreAskedForWithTheHeaderThatTheServiceWants) {
    for (const HttpRequest& request :
         {machine_name_request(), scheduled_events_request(), acknowledgement_request("x")})
        EXPECT_THAT(request.headers, ElementsAre(Pair("Metadata", "true"))) << request.target;
    EXPECT_EQ(scheduled_events_request().target, "/metadata/scheduledevents?api-version=2020-07-01");
    const HttpRequest acknowledgement = acknowledgement_request("a \"b\"");
    EXPECT_EQ(acknowledgement.method, "POST");
    EXPECT_EQ(acknowledgement.target, scheduled_events_request().target);
    EXPECT_EQ(acknowledgement.body, R"({"StartRequests":[{"EventId":"a \"b\""}]})");
}

TEST(ScheduledEvents, EndAMachineIfTheyTerminateOrPreemptIt) {
    using Type = MachineEnd::Type;
    const std::string when = "Mon, 19 Sep 2022 18:29:47 GMT";
    EXPECT_EQ(end_in(""), std::nullopt);
    EXPECT_EQ(end_in(event("Terminate", R"(["web_3"])")),
              (MachineEnd{"id-of-Terminate", Type::terminate, when, false}));
    EXPECT_EQ(end_in(event("Preempt", R"(["web_3"])", "")),
              (MachineEnd{"id-of-Preempt", Type::preempt, "", false}));
    EXPECT_EQ(end_in(event("Terminate", R"(["web_1", "web_3"])")),
              (MachineEnd{"id-of-Terminate", Type::terminate, when, true}));
    for (const char* type : {"Reboot", "Redeploy", "Freeze", "SomethingNew", ""})
        EXPECT_EQ(end_in(event(type, R"(["web_3"])")), std::nullopt) << type;
    EXPECT_EQ(end_in(event("Terminate", R"(["web_30", "web_2"])")), std::nullopt)
        << "other machines of the set";
    EXPECT_EQ(end_in(event("Freeze", R"(["web_3"])") + "," + event("Preempt", R"(["web_3"])"))->event,
              "id-of-Preempt");
}

TEST(ScheduledEvents, AreUnknownAfterAnAnswerThatCannotBeRead) {
    for (const char* body : {"", "{}", "[]", R"({"Events": 1})", "<html>"}) {
        const auto end = read_machine_end(200, body, machine);
        ASSERT_FALSE(end) << body;
        EXPECT_THAT(end.error().message(), HasSubstr("scheduled events")) << body;
    }
    const auto refused = read_machine_end(503, events(event("Terminate", R"(["web_3"])")), machine);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message(), HasSubstr("503"));
    EXPECT_EQ(end_in("1, null, {}, " + event("Terminate", R"("web_3")")), std::nullopt) << "what is no event";
}

TEST(ScheduledEvents, NameTheMachineAsTheServiceDoes) {
    EXPECT_EQ(read_machine_name(200, "web_3").value(), "web_3");
    EXPECT_FALSE(read_machine_name(200, ""));
    EXPECT_FALSE(read_machine_name(404, "web_3"));
}

}  // namespace
}  // namespace dockerext::azure
