#include "observe/observer.hpp"

#include "base/clock.hpp"
#include "support/fake_engine.hpp"
#include "support/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dockerext::observe {
namespace {

using test::http_answer;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::string labels(const std::string& project, const std::string& service) {
    return R"("Labels":{"com.docker.compose.project":")" + project + R"(","com.docker.compose.service":")" +
           service +
           R"(","com.docker.compose.container-number":"1","com.docker.compose.oneoff":"False",)"
           R"("com.docker.compose.config-hash":"h","com.docker.compose.image":"sha256:1"})";
}

std::map<std::string, std::string> labels_in_event(const std::string& project, const std::string& service) {
    return {{"com.docker.compose.project", project},
            {"com.docker.compose.service", service},
            {"com.docker.compose.container-number", "1"},
            {"com.docker.compose.oneoff", "False"},
            {"com.docker.compose.config-hash", "h"}};
}

std::string listed(const std::string& id, const std::string& name,
                   const std::string& its_labels = R"("Labels":{})") {
    return R"({"Id":")" + id + R"(","Names":["/)" + name + R"("],)" + its_labels + "}";
}

/// A container that is, or was, on the network n1.
std::string on_network(const std::string& id, const std::string& name, const std::string& state,
                       const std::string& its_labels = R"("Labels":{})") {
    std::string container = listed(id, name, its_labels);
    container.back() = ',';
    return container + R"("State":")" + state +
           R"(","NetworkSettings":{"Networks":{"demo_default":{"NetworkID":"n1"}}}})";
}

std::string inspected(const std::string& id, const std::string& name,
                      const std::string& its_labels = R"("Labels":{})",
                      const std::string& image = "sha256:1") {
    return R"({"Id":")" + id + R"(","Name":"/)" + name + R"(","Image":")" + image +
           R"(","State":{"Status":"created"},"Config":{)" + its_labels +
           R"(},"HostConfig":{"NetworkMode":"demo_default"},"NetworkSettings":{"Networks":{"demo_default":{"NetworkID":""}}}})";
}

model::Project demo() {
    model::Project project{.name = {"demo"}};
    for (const std::string name : {"db", "web"}) {
        model::Service service{.name = {name}};
        service.container.image = {"nginx"};
        project.services[{name}] = service;
    }
    project.networks[{"demo_default"}] = {.name = {"demo_default"}};
    project.volumes[{"demo_data"}] = {.name = {"demo_data"}};
    return project;
}

/// An engine with our demo-web-1, an unrelated demo-db-1, and what these containers need.
struct ObserverTest : testing::Test {
    asio::io_context io;
    test::FakeEngine fake{io};
    engine::Client client{io.get_executor(), fake.socket()};
    Observer observer{client};
    std::map<std::string, std::string> answers;  ///< the bodies of its answers
    std::size_t seen = 0;

    ObserverTest() {
        tells("/containers/json?all=1", "[" + listed("web1", "demo-web-1", labels("demo", "web")) + "," +
                                            listed("db1", "demo-db-1") + "," +
                                            listed("x1", "other", labels("else", "web")) + "]");
        tells("/containers/web1/json", inspected("web1", "demo-web-1", labels("demo", "web")));
        tells("/containers/db1/json", inspected("db1", "demo-db-1"));
        tells("/networks", R"([{"Name":"demo_default","Id":"n1","Labels":{}},{"Name":"bridge","Id":"n0"}])");
        tells("/volumes", R"({"Volumes":[{"Name":"demo_data","Labels":null},{"Name":"others"}]})");
        tells("/images/json?digests=1",
              R"([{"Id":"sha256:1","RepoTags":["nginx:latest"],"RepoDigests":null}])");
        tells("/images/nginx/json", R"({"Id":"sha256:1","Config":{"User":"www"}})");
        fake.answer("GET /v1.41/_ping", http_answer(200, "OK"));
        fake.answer("GET /version", http_answer(200, R"({"Version":"20.10.24","ApiVersion":"1.41"})"));
        fake.answer("GET /v1.41/info",
                    http_answer(200, R"({"LoggingDriver":"journald","DefaultRuntime":"crun"})"));
        observer.want(demo());
    }

    void tells(const std::string& target, const std::string& body) {
        answers["GET /v1.41" + target] = body;
        fake.answer("GET /v1.41" + target, http_answer(200, body));
    }
    void refuses(const std::string& target, unsigned status) {
        fake.answer("GET /v1.41" + target, http_answer(status, R"({"message":"no"})"));
    }
    Result<model::Observed> refresh() {
        const auto looked = test::run(io, observer.refresh());
        if (!looked) return looked.error();
        return observer.observed();
    }
    /// The targets requested since the last call, without the API version.
    std::vector<std::string> asked() {
        std::vector<std::string> targets;
        for (; seen < fake.requests().size(); ++seen) {
            const std::string& line = fake.requests()[seen];
            targets.push_back(line.substr(line.starts_with("GET /v1.41") ? 10 : 4));
        }
        return targets;
    }
    void look() {
        ASSERT_TRUE(refresh());
        asked();
    }
    void hears(const std::string& type, const std::string& action, const std::string& id,
               std::map<std::string, std::string> attributes = {}) {
        observer.mark(
            {.type = type, .action = action, .id = id, .attributes = std::move(attributes), .time = {}});
    }
};

TEST_F(ObserverTest, StrangersOnANetworkAreTold) {
    const std::string one_off =
        R"("Labels":{"com.docker.compose.project":"demo","com.docker.compose.oneoff":"True"})";
    const std::string ours = on_network("web1", "demo-web-1", "running", labels("demo", "web"));
    tells("/containers/json?all=1",
          "[" + ours + "," + on_network("g1", "guest", "running") + "," +
              on_network("g2", "lodger", "exited") + "," + on_network("o1", "tool", "running", one_off) +
              "," + on_network("o2", "spent", "exited", one_off) + "," + listed("x1", "elsewhere") + "]");
    const auto strangers = [&] {
        const auto observed = refresh();
        return observed ? observed->networks.at({"demo_default"}).strangers : std::set<std::string>{};
    };
    EXPECT_THAT(strangers(), ElementsAre("guest", "lodger", "tool"));
    asked();

    tells("/containers/json?all=1", "[" + ours + "," + on_network("g2", "lodger", "exited") + "]");
    hears("network", "disconnect", "n1", {{"container", "g1"}});
    EXPECT_THAT(strangers(), ElementsAre("lodger"));
    EXPECT_THAT(asked(), ElementsAre("/containers/json?all=1"));
    tells("/containers/json?all=1", "[" + ours + "]");
    hears("container", "destroy", "g2");
    EXPECT_THAT(strangers(), IsEmpty());
    asked();
    refuses("/containers/web1/json", 404);
    hears("container", "destroy", "web1");
    EXPECT_THAT(strangers(), IsEmpty()) << "ours was no stranger when it was there";
    EXPECT_THAT(asked(), ElementsAre("/containers/web1/json"));
}

TEST_F(ObserverTest, TheFirstLookSeesEverything) {
    const auto observed = refresh();
    ASSERT_TRUE(observed) << observed.error().message();
    const model::EngineFacts facts{"20.10.24", 1, 41, "journald", "crun"};
    EXPECT_TRUE(observed->engine == facts);
    ASSERT_EQ(observed->containers.size(), 1U);
    EXPECT_EQ(observed->containers.at({"web1"}).slot.service.value, "web");
    EXPECT_THAT(observed->foreign_names,
                ElementsAre(testing::Pair(model::ContainerName{"demo-db-1"}, model::ContainerId{"db1"})));
    EXPECT_EQ(observed->images.at({"nginx"}).user, "www");
    EXPECT_EQ(observed->networks.size(), 1U);
    EXPECT_EQ(observed->volumes.size(), 1U);
    EXPECT_FALSE(observer.dirty());
}

TEST_F(ObserverTest, AtRestItAsksNothing) {
    look();
    ASSERT_TRUE(refresh());
    EXPECT_THAT(asked(), IsEmpty());
}

TEST_F(ObserverTest, AFullCheckTakesFourListsAndOneInspectAContainer) {
    look();
    observer.mark_all();
    ASSERT_TRUE(refresh());
    EXPECT_THAT(asked(), UnorderedElementsAre("/networks", "/volumes", "/images/json?digests=1",
                                              "/containers/json?all=1", "/containers/web1/json"));
}

TEST_F(ObserverTest, AReconnectAsksForTheEngineItself) {
    look();
    observer.mark_engine();
    ASSERT_TRUE(refresh());
    EXPECT_THAT(asked(), ElementsAre("/version", "/info"));
}

TEST_F(ObserverTest, EventsMarkWhatTheyAreAboutAndNothingElse) {
    look();
    const auto ours = labels_in_event("demo", "web");
    struct Case {
        std::string type, action, id;
        std::map<std::string, std::string> attributes;
        std::vector<std::string> asked;
    };
    const std::vector<Case> cases{
        {"container", "die", "web1", {}, {"/containers/web1/json"}},
        {"container", "destroy", "db1", {}, {"/containers/db1/json"}},
        {"container", "create", "web1", ours, {"/containers/web1/json"}},
        {"container", "rename", "db1", {{"name", "demo-db-1"}}, {"/containers/db1/json"}},
        {"container", "start", "x1", {{"name", "other"}, {"com.docker.compose.project", "else"}}, {}},
        {"network", "disconnect", "n1", {{"container", "web1"}}, {"/containers/web1/json"}},
        {"network", "connect", "n0", {{"container", "x1"}}, {}},
        {"network", "destroy", "n1", {{"name", "demo_default"}}, {"/networks"}},
        {"volume", "destroy", "demo_data", {}, {"/volumes"}},
        {"volume", "mount", "demo_data", {{"container", "web1"}}, {}},
        {"volume", "create", "others", {}, {}},
        {"image", "tag", "sha256:2", {{"name", "nginx:latest"}}, {"/images/json?digests=1"}},
    };
    for (const Case& event : cases) {
        SCOPED_TRACE(event.type + " " + event.action + " " + event.id);
        hears(event.type, event.action, event.id, event.attributes);
        EXPECT_EQ(observer.dirty(), !event.asked.empty());
        ASSERT_TRUE(refresh());
        EXPECT_EQ(asked(), event.asked);
    }
}

TEST_F(ObserverTest, AContainerThatIsGoneLeavesThePicture) {
    look();
    refuses("/containers/web1/json", 404);
    refuses("/containers/db1/json", 404);
    hears("container", "destroy", "web1");
    hears("container", "destroy", "db1");
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_TRUE(observed->containers.empty());
    EXPECT_TRUE(observed->foreign_names.empty());
}

TEST_F(ObserverTest, AContainerThatVanishesBetweenListAndInspectIsGone) {
    refuses("/containers/web1/json", 404);
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_TRUE(observed->containers.empty());
}

TEST_F(ObserverTest, ANewContainerOfOursComesIntoThePicture) {
    look();
    tells("/containers/web2/json", inspected("web2", "by-hand", labels("demo", "web")));
    hears("container", "create", "web2", labels_in_event("demo", "web"));
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_TRUE(observed->containers.contains({"web2"}));
    EXPECT_TRUE(observed->containers.contains({"web1"}));
}

TEST_F(ObserverTest, AForeignContainerThatTakesAWantedNameIsSeen) {
    look();
    tells("/containers/x1/json", inspected("x1", "demo-web-1"));
    hears("container", "rename", "x1", {{"name", "demo-web-1"}, {"oldName", "/other"}});
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_EQ(observed->foreign_names.at({"demo-web-1"}).value, "x1");
}

TEST_F(ObserverTest, OneOffContainersAreNobodysReplica) {
    const std::string one_off =
        R"("Labels":{"com.docker.compose.project":"demo","com.docker.compose.service":"web","com.docker.compose.oneoff":"True"})";
    tells("/containers/json?all=1", "[" + listed("run1", "demo-web-run-1", one_off) + "]");
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_TRUE(observed->containers.empty());
    EXPECT_TRUE(observed->foreign_names.empty());
}

TEST_F(ObserverTest, LabelsThatComeFromTheImageMakeNoReplica) {
    const std::string claim = labels("demo", "web");
    tells("/containers/json?all=1", "[" + listed("x1", "demo-web-1", claim) + "]");
    tells("/containers/x1/json", inspected("x1", "demo-web-1", claim, "sha256:2"));
    const std::string image = "/images/sha256%3A2/json";
    struct Case {
        std::string image;
        bool ours;
    };
    for (const auto& [body, ours] :
         std::vector<Case>{{R"({"Id":"sha256:2","Config":{)" + claim + "}}", false},
                           {R"({"Id":"sha256:2","Config":{)" + labels("demo", "db") + "}}", true},
                           {R"({"Id":"sha256:2","Config":{"Labels":null}})", true}}) {
        SCOPED_TRACE(body);
        tells(image, body);
        for (const bool everything : {true, false}) {
            if (everything) observer.mark_all();
            else hears("container", "start", "x1");
            const auto observed = refresh();
            ASSERT_TRUE(observed) << observed.error().message();
            EXPECT_EQ(observed->containers.contains({"x1"}), ours);
            EXPECT_EQ(observed->foreign_names.contains({"demo-web-1"}), !ours);
        }
    }
    observer.mark_all();
    refuses(image, 404);  // the image is gone, so its labels stay unknown
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_TRUE(observed->containers.empty());
}

TEST_F(ObserverTest, AnImageIsAskedForItsLabelsOnceUntilTheNextFullCheck) {
    const std::string claim = labels("demo", "web");
    tells("/containers/json?all=1", "[" + listed("x1", "other", claim) + "]");
    tells("/containers/x1/json", inspected("x1", "other", claim, "sha256:2"));
    tells("/images/sha256%3A2/json", R"({"Id":"sha256:2","Config":{)" + claim + "}}");
    look();
    hears("container", "start", "x1", labels_in_event("demo", "web"));
    ASSERT_TRUE(refresh());
    EXPECT_THAT(asked(), ElementsAre("/containers/x1/json"));
}

/// web shares the network of a container that does not belong to the project.
struct OwnerTest : ObserverTest {
    OwnerTest() {
        model::Project project = demo();
        project.services.at({"web"}).container.network_mode = "container:vpn";
        observer.want(project);
        begins("vpn1", "2024-01-01T00:00:00Z");
    }
    void begins(const std::string& id, const std::string& start) {
        tells("/containers/vpn/json", R"({"Id":")" + id +
                                          R"(","Name":"/vpn","State":{"Running":true,"StartedAt":")" + start +
                                          R"("}})");
    }
};

TEST_F(OwnerTest, AStrangersContainerWhoseNamespaceIsSharedIsLookedAt) {
    const auto observed = refresh();
    ASSERT_TRUE(observed) << observed.error().message();
    const model::NamespaceOwner& vpn = observed->owners.at("vpn");
    EXPECT_EQ(vpn.id.value, "vpn1");
    EXPECT_EQ(vpn.name.value, "vpn");
    EXPECT_TRUE(vpn.running);
    asked();
    ASSERT_TRUE(refresh());
    EXPECT_THAT(asked(), IsEmpty());
}

TEST_F(OwnerTest, ItIsLookedAtAgainWhenAnEventIsAboutIt) {
    look();
    hears("container", "start", "vpn2", {{"name", "vpn"}});
    hears("container", "start", "x1", {{"name", "other"}});
    begins("vpn2", "2024-01-01T00:00:01Z");
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_THAT(asked(), ElementsAre("/containers/vpn/json"));
    EXPECT_EQ(observed->owners.at("vpn").id.value, "vpn2");
    hears("container", "die", "vpn2");
    refuses("/containers/vpn/json", 404);
    const auto gone = refresh();
    ASSERT_TRUE(gone);
    EXPECT_TRUE(gone->owners.empty());
    EXPECT_THAT(asked(), ElementsAre("/containers/vpn/json"));
}

TEST_F(OwnerTest, OneOfOurOwnIsNot) {
    model::Project project = demo();
    project.services.at({"web"}).container.pid_mode = "container:demo-web-1";
    project.services.at({"web"}).container.ipc_mode = "container:web1";
    observer.want(project);
    look();
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_TRUE(observed->owners.empty());
}

TEST_F(ObserverTest, ATagThatMovesIsInspectedAgain) {
    look();
    tells("/images/json?digests=1", R"([{"Id":"sha256:2","RepoTags":["nginx:latest"],"RepoDigests":null}])");
    tells("/images/nginx/json", R"({"Id":"sha256:2","Config":{"User":"root"}})");
    hears("image", "tag", "sha256:2");
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_EQ(observed->images.at({"nginx"}).user, "root");
    EXPECT_THAT(asked(), ElementsAre("/images/json?digests=1", "/images/nginx/json"));
}

TEST_F(ObserverTest, AnImageThatIsGoneLeavesThePicture) {
    look();
    tells("/images/json?digests=1", "[]");
    refuses("/images/nginx/json", 404);
    hears("image", "delete", "sha256:1");
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_TRUE(observed->images.empty());
}

/// The subjects that a snapshot leaves unknown, as text.
std::vector<std::string> unknown_in(const model::Observed& observed) {
    std::vector<std::string> words;
    for (const auto& [subject, unknown] : observed.unknown)
        words.push_back(to_string(subject) + ": " + unknown.error.message());
    return words;
}

TEST_F(ObserverTest, WithoutAListNothingIsKnownOfItsKindAndAllOfTheOthers) {
    struct Case {
        std::string target, unknown;
        std::size_t containers, foreign_names, images, networks, volumes;
    };
    for (const Case& each :
         {Case{"/containers/json?all=1", "any container: list containers: no (500)", 0, 0, 1, 1, 1},
          Case{"/images/json?digests=1", "any image: list images: no (500)", 1, 1, 0, 1, 1},
          Case{"/networks", "any network: list networks: no (500)", 1, 1, 1, 0, 1},
          Case{"/volumes", "any volume: list volumes: no (500)", 1, 1, 1, 1, 0}}) {
        SCOPED_TRACE(each.target);
        const std::string well = answers["GET /v1.41" + each.target];
        for (const bool known_before : {false, true}) {
            SCOPED_TRACE(known_before);
            if (!known_before) observer.forget(), observer.want(demo());
            observer.mark_all();
            refuses(each.target, 500);
            auto observed = refresh();
            ASSERT_TRUE(observed) << observed.error().message();
            EXPECT_THAT(unknown_in(*observed), ElementsAre(each.unknown));
            EXPECT_EQ(observed->containers.size(), each.containers);
            EXPECT_EQ(observed->foreign_names.size(), each.foreign_names);
            EXPECT_EQ(observed->images.size(), each.images);
            EXPECT_EQ(observed->networks.size(), each.networks);
            EXPECT_EQ(observed->volumes.size(), each.volumes);
            EXPECT_FALSE(observer.dirty());
            asked();
            tells(each.target, well);
            observer.mark_unknown();
            observed = refresh();
            ASSERT_TRUE(observed) << observed.error().message();
            EXPECT_THAT(unknown_in(*observed), IsEmpty());
            EXPECT_EQ(observed->containers.size(), 1U);
            EXPECT_THAT(asked(), Contains(each.target));
        }
    }
}

TEST_F(ObserverTest, AListThatHangsHoldsUpNoOtherKind) {
    fake.answer("GET /v1.41/volumes", "");  // the engine never answers
    std::optional<Result<>> observed;
    test::start(io, keep(observer.refresh(), observed));
    std::set<std::string> others{"/networks", "/images/json?digests=1", "/images/nginx/json",
                                 "/containers/json?all=1", "/containers/web1/json"};
    while (!others.empty()) {
        for (const std::string& target : asked()) others.erase(target);
        io.run_one();
    }
    EXPECT_FALSE(observed);
}

TEST_F(ObserverTest, WithoutTheEnginesFactsNoContainerIsKnown) {
    const model::Subject web = subject_of(model::Slot{{"web"}, 1});
    refuses("/info", 500);
    auto observed = refresh();
    ASSERT_TRUE(observed) << observed.error().message();
    EXPECT_THAT(unknown_in(*observed), ElementsAre("part engine.info: engine info: no (500)"));
    EXPECT_NE(unknown_of(*observed, web), nullptr);
    EXPECT_EQ(unknown_of(*observed, subject_of(model::VolumeName{"demo_data"})), nullptr);
    tells("/info", R"({"LoggingDriver":"journald"})");
    observer.mark_unknown();
    observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_EQ(unknown_of(*observed, web), nullptr);
    EXPECT_EQ(observed->engine.default_log_driver, "journald");
}

TEST_F(ObserverTest, SinceWhenNothingIsKnownStaysWhateverTheAnswersAre) {
    const model::Subject volume = subject_of(model::VolumeName{"demo_data"});
    refuses("/volumes", 500);
    auto observed = refresh();
    ASSERT_TRUE(observed);
    const model::WallTime since = unknown_of(*observed, volume)->since;
    while (wall_now() == since) {
    }
    tells("/volumes", R"({"Volumes":[{"Name":"demo_data","Options":[]}]})");
    observer.mark_unknown();
    observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_EQ(unknown_of(*observed, volume)->since, since);
    tells("/volumes", R"({"Volumes":[{"Name":"demo_data","Labels":5}]})");
    observer.mark_unknown();
    observed = refresh();
    EXPECT_EQ(unknown_of(*observed, volume)->since, since);
}

TEST_F(ObserverTest, AnEngineThatDoesNotAnswerAtAllIsLookedAtAgain) {
    for (const std::string target :
         {"/networks", "/volumes", "/images/json?digests=1", "/containers/json?all=1",
          "/containers/web1/json", "/images/nginx/json"}) {
        SCOPED_TRACE(target);
        observer.forget();
        observer.want(demo());
        const std::string well = answers["GET /v1.41" + target];
        refuses(target, 500);
        refuses("/_ping", 503);
        const auto failed = refresh();
        ASSERT_FALSE(failed);
        EXPECT_THAT(failed.error().message(), testing::HasSubstr("no (500)"));
        EXPECT_TRUE(observer.dirty());
        tells(target, well);
        tells("/_ping", "OK");
        const auto observed = refresh();
        ASSERT_TRUE(observed) << observed.error().message();
        EXPECT_THAT(unknown_in(*observed), IsEmpty());
        EXPECT_EQ(observed->containers.size(), 1U);
        EXPECT_EQ(observed->images.size(), 1U);
        EXPECT_FALSE(observer.dirty());
    }
}

TEST_F(ObserverTest, WhatIsRefusedAboutOneObjectConcernsThatAlone) {
    model::Project project = demo();
    project.services[{"bad"}].container.image = {"a//b"};
    observer.want(project);
    const std::string path = "/images/a%2F%2Fb/json";
    for (const unsigned status : {301U, 400U, 403U, 500U}) {
        SCOPED_TRACE(status);
        refuses(path, status);
        observer.mark_all();
        const auto observed = refresh();
        ASSERT_TRUE(observed) << observed.error().message();
        EXPECT_TRUE(observed->images.contains({"nginx"}));
        EXPECT_EQ(observed->containers.size(), 1U);
        ASSERT_EQ(observed->unknown.size(), 1U);
        EXPECT_EQ(to_string(observed->unknown.begin()->first), "image a//b");
        EXPECT_EQ(observed->unknown.begin()->second.error.message(),
                  "inspect image a//b: no (" + std::to_string(status) + ")");
        EXPECT_FALSE(observer.dirty());
    }
    tells(path, "<html>");
    observer.mark_unknown();
    EXPECT_THAT(refresh()->unknown.begin()->second.error.message(), testing::HasSubstr("is not JSON"));
    asked();
    refuses(path, 404);
    observer.mark_unknown();
    EXPECT_TRUE(refresh()->unknown.empty());
    EXPECT_THAT(asked(), ElementsAre("/images/json?digests=1", path));
}

TEST_F(ObserverTest, AContainerThatNothingIsToldOfIsUnknownUntilSomethingIs) {
    look();
    tells("/containers/json?all=1", "[" + listed("web1", "demo-web-1", labels("demo", "web")) + "," +
                                        listed("db1", "demo-db-1", labels("demo", "db")) + "]");
    tells("/containers/db1/json", inspected("db1", "demo-db-1", labels("demo", "db")));
    refuses("/containers/web1/json", 500);
    observer.mark_all();
    auto observed = refresh();
    ASSERT_TRUE(observed) << observed.error().message();
    EXPECT_EQ(observed->containers.size(), 1U);
    ASSERT_EQ(observed->unknown.size(), 1U);
    EXPECT_EQ(to_string(observed->unknown.begin()->first), "container web-1");
    hears("container", "die", "db1");
    EXPECT_EQ(refresh()->unknown.size(), 1U);
    tells("/containers/web1/json", inspected("web1", "demo-web-1", labels("demo", "web")));
    observer.mark_unknown();
    observed = refresh();
    EXPECT_TRUE(observed->unknown.empty());
    EXPECT_EQ(observed->containers.size(), 2U);
}

TEST_F(ObserverTest, AnUnreadableEntryOfAListHidesNoOther) {
    tells("/networks", R"([{"Name":"demo_default","Id":"n1","Labels":{"a":5}},{"Name":5},7,
                           {"Name":"demo_other","Id":"n2","Labels":{"com.docker.compose.project":"demo",
                                                                    "com.docker.compose.network":"other"}}])");
    tells("/volumes", R"({"Volumes":[{"Name":"demo_data","Options":[]},{"Name":"others"}]})");
    const auto observed = refresh();
    ASSERT_TRUE(observed) << observed.error().message();
    EXPECT_TRUE(observed->networks.contains({"demo_other"}));
    EXPECT_EQ(observed->containers.size(), 1U);
    EXPECT_EQ(observed->unknown.size(), 2U);
    EXPECT_TRUE(observed->unknown.contains(subject_of(model::NetworkName{"demo_default"})));
    EXPECT_TRUE(observed->unknown.contains(subject_of(model::VolumeName{"demo_data"})));
}

TEST_F(ObserverTest, WhatIsMarkedDuringALookStaysMarked) {
    look();
    hears("container", "die", "web1");
    std::optional<Result<>> first;
    test::start(io, keep(observer.refresh(), first));
    while (asked().empty()) io.run_one();
    hears("container", "start", "web1");
    while (!first) io.run_one();
    EXPECT_TRUE(*first);
    EXPECT_TRUE(observer.dirty());
}

TEST_F(ObserverTest, OnlyWhatIsNewlyWantedIsMarked) {
    look();
    observer.want(demo());
    EXPECT_FALSE(observer.dirty());
    model::Project more = demo();
    more.volumes[{"demo_more"}] = {.name = {"demo_more"}};
    observer.want(more);
    ASSERT_TRUE(refresh());
    EXPECT_THAT(asked(), ElementsAre("/volumes"));
}

}  // namespace
}  // namespace dockerext::observe
