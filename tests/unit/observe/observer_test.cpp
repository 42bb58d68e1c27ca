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
using testing::HasSubstr;
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
                   const std::string& labels_json = R"("Labels":{})") {
    return R"({"Id":")" + id + R"(","Names":["/)" + name + R"("],)" + labels_json + "}";
}

/// A container that is, or was, on the network n1.
std::string on_network(const std::string& id, const std::string& name, const std::string& state,
                       const std::string& labels_json = R"("Labels":{})") {
    std::string container = listed(id, name, labels_json);
    container.back() = ',';
    return container + R"("State":")" + state +
           R"(","NetworkSettings":{"Networks":{"demo_default":{"NetworkID":"n1"}}}})";
}

std::string inspected(const std::string& id, const std::string& name,
                      const std::string& labels_json = R"("Labels":{})",
                      const std::string& image = "sha256:1") {
    return R"({"Id":")" + id + R"(","Name":"/)" + name + R"(","Image":")" + image +
           R"(","State":{"Status":"created"},"Config":{)" + labels_json +
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
        set_answer("/containers/json?all=1", "[" + listed("web1", "demo-web-1", labels("demo", "web")) + "," +
                                                 listed("db1", "demo-db-1") + "," +
                                                 listed("x1", "other", labels("else", "web")) + "]");
        set_answer("/containers/web1/json", inspected("web1", "demo-web-1", labels("demo", "web")));
        set_answer("/containers/db1/json", inspected("db1", "demo-db-1"));
        set_answer("/networks",
                   R"([{"Name":"demo_default","Id":"n1","Labels":{}},{"Name":"bridge","Id":"n0"}])");
        set_answer("/volumes", R"({"Volumes":[{"Name":"demo_data","Labels":null},{"Name":"others"}]})");
        set_answer("/images/json?digests=1",
                   R"([{"Id":"sha256:1","RepoTags":["nginx:latest"],"RepoDigests":null}])");
        set_answer("/images/nginx/json", R"({"Id":"sha256:1","Config":{"User":"www"}})");
        fake.answer("GET /v1.41/_ping", http_answer(200, "OK"));
        fake.answer("GET /version", http_answer(200, R"({"Version":"20.10.24","ApiVersion":"1.41"})"));
        fake.answer("GET /v1.41/info",
                    http_answer(200, R"({"LoggingDriver":"journald","DefaultRuntime":"crun"})"));
        observer.track(demo());
    }

    void set_answer(const std::string& target, const std::string& body) {
        answers["GET /v1.41" + target] = body;
        fake.answer("GET /v1.41" + target, http_answer(200, body));
    }
    void set_refusal(const std::string& target, unsigned status) {
        fake.answer("GET /v1.41" + target, http_answer(status, R"({"message":"no"})"));
    }
    Result<model::Observed> refresh() {
        const auto refreshed = test::run(io, observer.refresh());
        if (!refreshed) return refreshed.error();
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
    void mark_event(const std::string& type, const std::string& action, const std::string& id,
                    std::map<std::string, std::string> attributes = {}) {
        observer.mark(
            {.type = type, .action = action, .id = id, .attributes = std::move(attributes), .time = {}});
    }
};

TEST_F(ObserverTest, ReportsForeignContainersOnANetwork) {
    const std::string one_off =
        R"("Labels":{"com.docker.compose.project":"demo","com.docker.compose.oneoff":"True"})";
    const std::string ours = on_network("web1", "demo-web-1", "running", labels("demo", "web"));
    set_answer("/containers/json?all=1", "[" + ours + "," + on_network("g1", "guest", "running") + "," +
                                             on_network("g2", "lodger", "exited") + "," +
                                             on_network("o1", "tool", "running", one_off) + "," +
                                             on_network("o2", "spent", "exited", one_off) + "," +
                                             listed("x1", "elsewhere") + "]");
    const auto foreign_containers = [&] {
        const auto observed = refresh();
        return observed ? observed->networks.at({"demo_default"}).foreign_containers
                        : std::set<std::string>{};
    };
    EXPECT_THAT(foreign_containers(), ElementsAre("guest", "lodger", "tool"));
    asked();

    set_answer("/containers/json?all=1", "[" + ours + "," + on_network("g2", "lodger", "exited") + "]");
    mark_event("network", "disconnect", "n1", {{"container", "g1"}});
    EXPECT_THAT(foreign_containers(), ElementsAre("lodger"));
    EXPECT_THAT(asked(), ElementsAre("/containers/json?all=1"));
    set_answer("/containers/json?all=1", "[" + ours + "]");
    mark_event("container", "destroy", "g2");
    EXPECT_THAT(foreign_containers(), IsEmpty());
    asked();
    set_refusal("/containers/web1/json", 404);
    mark_event("container", "destroy", "web1");
    EXPECT_THAT(foreign_containers(), IsEmpty()) << "ours was no stranger when it was there";
    EXPECT_THAT(asked(), ElementsAre("/containers/web1/json"));
}

TEST_F(ObserverTest, OfTwoNetworksWithOneNameTheOneInUseIsOurs) {
    const auto network = [](const std::string& id, bool ours) {
        const std::string labels =
            ours ? R"("com.docker.compose.project":"demo","com.docker.compose.network":"default")" : "";
        return R"({"Name":"demo_default","Id":")" + id + R"(","Labels":{)" + labels + "}}";
    };
    // Where a container of the project is attached, only its inspection shows, not an earlier list.
    std::string attached = inspected("web1", "demo-web-1", labels("demo", "web"));
    attached.replace(attached.find(R"("NetworkID":"")"), 14, R"("NetworkID":"n1")");
    set_answer("/containers/web1/json", attached);
    for (const char* const id : {"n0", "n2"}) {
        set_answer("/networks", "[" + network(id, true) + "," + network("n1", true) + "]");
        mark_event("network", "create", id);
        const auto observed = refresh();
        ASSERT_TRUE(observed) << observed.error().message();
        const model::ObservedNetwork& ours = observed->networks.at({"demo_default"});
        EXPECT_EQ(ours.id.value, "n1");
        EXPECT_THAT(ours.unused_duplicates, ElementsAre(model::NetworkId{id}));
    }
    set_answer("/networks", "[" + network("n0", false) + "," + network("n1", true) + "]");
    mark_event("network", "destroy", "n2");
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_THAT(observed->networks.at({"demo_default"}).unused_duplicates, IsEmpty()) << "a stranger's";
}

TEST_F(ObserverTest, TheFirstSnapshotReadsEverything) {
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

TEST_F(ObserverTest, MakesNoRequestsAtRest) {
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

TEST_F(ObserverTest, AReconnectRequestsTheEngineInfo) {
    look();
    observer.mark_engine();
    ASSERT_TRUE(refresh());
    EXPECT_THAT(asked(), ElementsAre("/version", "/info"));
}

TEST_F(ObserverTest, EventsMarkOnlyTheirObjects) {
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
        mark_event(event.type, event.action, event.id, event.attributes);
        EXPECT_EQ(observer.dirty(), !event.asked.empty());
        ASSERT_TRUE(refresh());
        EXPECT_EQ(asked(), event.asked);
    }
}

TEST_F(ObserverTest, ARemovedContainerLeavesTheSnapshot) {
    look();
    set_refusal("/containers/web1/json", 404);
    set_refusal("/containers/db1/json", 404);
    mark_event("container", "destroy", "web1");
    mark_event("container", "destroy", "db1");
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_TRUE(observed->containers.empty());
    EXPECT_TRUE(observed->foreign_names.empty());
}

TEST_F(ObserverTest, AContainerThatVanishesBetweenListAndInspectIsGone) {
    set_refusal("/containers/web1/json", 404);
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_TRUE(observed->containers.empty());
}

TEST_F(ObserverTest, ANewOwnContainerEntersTheSnapshot) {
    look();
    set_answer("/containers/web2/json", inspected("web2", "by-hand", labels("demo", "web")));
    mark_event("container", "create", "web2", labels_in_event("demo", "web"));
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_TRUE(observed->containers.contains({"web2"}));
    EXPECT_TRUE(observed->containers.contains({"web1"}));
}

TEST_F(ObserverTest, AForeignContainerWithADesiredNameIsReported) {
    look();
    set_answer("/containers/x1/json", inspected("x1", "demo-web-1"));
    mark_event("container", "rename", "x1", {{"name", "demo-web-1"}, {"oldName", "/other"}});
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_EQ(observed->foreign_names.at({"demo-web-1"}).value, "x1");
}

TEST_F(ObserverTest, OneOffContainersAreNoReplicas) {
    const std::string one_off =
        R"("Labels":{"com.docker.compose.project":"demo","com.docker.compose.service":"web","com.docker.compose.oneoff":"True"})";
    set_answer("/containers/json?all=1", "[" + listed("run1", "demo-web-run-1", one_off) + "]");
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_TRUE(observed->containers.empty());
    EXPECT_TRUE(observed->foreign_names.empty());
}

TEST_F(ObserverTest, ImageLabelsMakeNoReplica) {
    const std::string claim = labels("demo", "web");
    set_answer("/containers/json?all=1", "[" + listed("x1", "demo-web-1", claim) + "]");
    set_answer("/containers/x1/json", inspected("x1", "demo-web-1", claim, "sha256:2"));
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
        set_answer(image, body);
        for (const bool all_marked : {true, false}) {
            if (all_marked) observer.mark_all();
            else mark_event("container", "start", "x1");
            const auto observed = refresh();
            ASSERT_TRUE(observed) << observed.error().message();
            EXPECT_EQ(observed->containers.contains({"x1"}), ours);
            EXPECT_EQ(observed->foreign_names.contains({"demo-web-1"}), !ours);
        }
    }
    observer.mark_all();
    set_refusal(image, 404);  // the image is gone, so its labels stay unknown
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_TRUE(observed->containers.empty());
}

TEST_F(ObserverTest, ImageLabelsAreReadOncePerFullCheck) {
    const std::string claim = labels("demo", "web");
    set_answer("/containers/json?all=1", "[" + listed("x1", "other", claim) + "]");
    set_answer("/containers/x1/json", inspected("x1", "other", claim, "sha256:2"));
    set_answer("/images/sha256%3A2/json", R"({"Id":"sha256:2","Config":{)" + claim + "}}");
    look();
    mark_event("container", "start", "x1", labels_in_event("demo", "web"));
    ASSERT_TRUE(refresh());
    EXPECT_THAT(asked(), ElementsAre("/containers/x1/json"));
}

/// web shares the network of a container that does not belong to the project.
struct OwnerTest : ObserverTest {
    OwnerTest() {
        model::Project project = demo();
        project.services.at({"web"}).container.network_mode = "container:vpn";
        observer.track(project);
        begins("vpn1", "2024-01-01T00:00:00Z");
    }
    void begins(const std::string& id, const std::string& start) {
        set_answer("/containers/vpn/json", R"({"Id":")" + id +
                                               R"(","Name":"/vpn","State":{"Running":true,"StartedAt":")" +
                                               start + R"("}})");
    }
};

TEST_F(OwnerTest, AForeignContainerWhoseNamespaceIsSharedIsInspected) {
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

TEST_F(OwnerTest, IsInspectedAgainAfterItsEvent) {
    look();
    mark_event("container", "start", "vpn2", {{"name", "vpn"}});
    mark_event("container", "start", "x1", {{"name", "other"}});
    begins("vpn2", "2024-01-01T00:00:01Z");
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_THAT(asked(), ElementsAre("/containers/vpn/json"));
    EXPECT_EQ(observed->owners.at("vpn").id.value, "vpn2");
    mark_event("container", "die", "vpn2");
    set_refusal("/containers/vpn/json", 404);
    const auto gone = refresh();
    ASSERT_TRUE(gone);
    EXPECT_TRUE(gone->owners.empty());
    EXPECT_THAT(asked(), ElementsAre("/containers/vpn/json"));
}

TEST_F(OwnerTest, AnOwnContainerIsNoForeignOwner) {
    model::Project project = demo();
    project.services.at({"web"}).container.pid_mode = "container:demo-web-1";
    project.services.at({"web"}).container.ipc_mode = "container:web1";
    observer.track(project);
    look();
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_TRUE(observed->owners.empty());
}

TEST_F(ObserverTest, AMovedTagIsInspectedAgain) {
    look();
    set_answer("/images/json?digests=1",
               R"([{"Id":"sha256:2","RepoTags":["nginx:latest"],"RepoDigests":null}])");
    set_answer("/images/nginx/json", R"({"Id":"sha256:2","Config":{"User":"root"}})");
    mark_event("image", "tag", "sha256:2");
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_EQ(observed->images.at({"nginx"}).user, "root");
    EXPECT_THAT(asked(), ElementsAre("/images/json?digests=1", "/images/nginx/json"));
}

TEST_F(ObserverTest, APullMayAddADigestToTheSameImage) {
    look();
    set_answer(
        "/images/json?digests=1",
        R"([{"Id":"sha256:1","RepoTags":["nginx:latest"],"RepoDigests":["nginx@sha256:a","nginx@sha256:b"]}])");
    mark_event("image", "pull", "nginx:latest");
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_EQ(observed->images.at({"nginx"}).digests, (std::set<std::string>{"sha256:a", "sha256:b"}));
}

TEST_F(ObserverTest, ListsAllImagesAndWhoseContainersUseThem) {
    set_answer("/containers/json?all=1",
               R"([{"Id":"x1","Names":["/other"],"ImageID":"sha256:7","Labels":null},)"
               R"({"Id":"x2","Names":["/another"],"ImageID":"sha256:1","Labels":null}])");
    set_answer("/images/json?digests=1",
               R"([{"Id":"sha256:1","RepoTags":["nginx:latest"],"RepoDigests":["nginx@sha256:d"],"Size":7},)"
               R"({"Id":"sha256:2","RepoTags":["<none>:<none>"],"RepoDigests":null,"Size":8}])");
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    const std::map<model::ImageId, model::ListedImage> images = {
        {{"sha256:1"}, {.tags = {"nginx:latest"}, .digests = {"nginx@sha256:d"}, .size = {7}}},
        {{"sha256:2"}, {.tags = {}, .digests = {}, .size = {8}}}};
    EXPECT_EQ(observed->listed_images, images);
    EXPECT_EQ(observed->image_users, (std::set<model::ImageId>{{"sha256:1"}, {"sha256:7"}}));
    set_refusal("/images/json?digests=1", 500);
    mark_event("image", "tag", "sha256:2");
    EXPECT_EQ(refresh()->listed_images, std::nullopt);
}

TEST_F(ObserverTest, ListsImagesWithoutANeedOnlyIfAskedTo) {
    observer.track({.name = {"demo"}});
    EXPECT_EQ(refresh()->listed_images, std::nullopt);
    observer.track_all_images(true);
    observer.track({.name = {"other"}});  // keeps it
    observer.mark_all();
    EXPECT_EQ(refresh()->listed_images->size(), 1U);
}

TEST_F(ObserverTest, ReadsTheSpaceOnTheEnginesDisk) {
    const std::pair<const char*, bool> cases[] = {
        {R"({"DockerRootDir":"/"})", true},
        {R"({"DockerRootDir":"/no/such/folder"})", false},
        {R"({})", false},
        // Its images are in another folder.
        {R"({"DockerRootDir":"/","DriverStatus":[["driver-type","io.containerd.snapshotter.v1"]]})", false}};
    for (const auto& [info, is_known] : cases) {
        SCOPED_TRACE(info);
        fake.answer("GET /v1.41/info", http_answer(200, info));
        observer.mark_engine();
        observer.mark_all();
        const auto observed = refresh();
        ASSERT_TRUE(observed);
        EXPECT_EQ(observed->disk.has_value(), is_known);
        EXPECT_EQ(observed->disk && observed->disk->total > observed->disk->free, is_known);
    }
}

TEST_F(ObserverTest, ARemovedImageLeavesTheSnapshot) {
    look();
    set_answer("/images/json?digests=1", "[]");
    set_refusal("/images/nginx/json", 404);
    mark_event("image", "delete", "sha256:1");
    const auto observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_TRUE(observed->images.empty());
}

/// The subjects that a snapshot leaves unknown, as text.
std::vector<std::string> unknown_objects_of(const model::Observed& observed) {
    std::vector<std::string> words;
    for (const auto& [subject, unknown] : observed.unknown)
        words.push_back(to_string(subject) + ": " + unknown.error.message());
    return words;
}

TEST_F(ObserverTest, ANewContainerThatCannotBeInspectedIsUnknown) {
    look();
    set_answer("/containers/json?all=1", "[" + listed("web1", "demo-web-1", labels("demo", "web")) + "," +
                                             listed("web2", "demo-web-2", labels("demo", "web")) + "]");
    set_refusal("/containers/web2/json", 500);
    mark_event("container", "create", "web2", labels_in_event("demo", "web"));
    const auto observed = refresh();
    ASSERT_TRUE(observed) << observed.error().message();
    EXPECT_THAT(unknown_objects_of(*observed), ElementsAre(HasSubstr("inspect container web2: no (500)")));
    EXPECT_TRUE(observed->containers.contains({"web1"}));
}

TEST_F(ObserverTest, WithoutAListOfContainersNoNetworkIsUnused) {
    const std::string network =
        R"({"Name":"demo_default","Labels":{"com.docker.compose.project":"demo"},"Id":")";
    set_answer("/networks", "[" + network + R"(n0"},)" + network + R"(n1"}])");
    set_refusal("/containers/json?all=1", 500);
    const auto observed = refresh();
    ASSERT_TRUE(observed) << observed.error().message();
    EXPECT_THAT(observed->networks.at({"demo_default"}).unused_duplicates, IsEmpty());
}

TEST_F(ObserverTest, AFailedListMakesOnlyItsKindUnknown) {
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
        for (const bool was_known : {false, true}) {
            SCOPED_TRACE(was_known);
            if (!was_known) observer.forget(), observer.track(demo());
            observer.mark_all();
            set_refusal(each.target, 500);
            auto observed = refresh();
            ASSERT_TRUE(observed) << observed.error().message();
            EXPECT_THAT(unknown_objects_of(*observed), ElementsAre(each.unknown));
            EXPECT_EQ(observed->containers.size(), each.containers);
            EXPECT_EQ(observed->foreign_names.size(), each.foreign_names);
            EXPECT_EQ(observed->images.size(), each.images);
            EXPECT_EQ(observed->networks.size(), each.networks);
            EXPECT_EQ(observed->volumes.size(), each.volumes);
            EXPECT_FALSE(observer.dirty());
            asked();
            set_answer(each.target, well);
            observer.mark_unknown();
            observed = refresh();
            ASSERT_TRUE(observed) << observed.error().message();
            EXPECT_THAT(unknown_objects_of(*observed), IsEmpty());
            EXPECT_EQ(observed->containers.size(), 1U);
            EXPECT_THAT(asked(), Contains(each.target));
        }
    }
}

TEST_F(ObserverTest, AHangingListBlocksNoOtherKind) {
    fake.answer("GET /v1.41/volumes", "");  // the engine never answers
    std::optional<Result<>> observed;
    test::start(io, store_result(observer.refresh(), observed));
    std::set<std::string> others{"/networks", "/images/json?digests=1", "/images/nginx/json",
                                 "/containers/json?all=1", "/containers/web1/json"};
    while (!others.empty()) {
        for (const std::string& target : asked()) others.erase(target);
        io.run_one();
    }
    EXPECT_FALSE(observed);
}

TEST_F(ObserverTest, WithoutEngineInfoAllContainersAreUnknown) {
    const model::Subject web = subject_of(model::Slot{{"web"}, 1});
    set_refusal("/info", 500);
    auto observed = refresh();
    ASSERT_TRUE(observed) << observed.error().message();
    EXPECT_THAT(unknown_objects_of(*observed), ElementsAre("part engine.info: engine info: no (500)"));
    EXPECT_NE(unknown_of(*observed, web), nullptr);
    EXPECT_EQ(unknown_of(*observed, subject_of(model::VolumeName{"demo_data"})), nullptr);
    set_answer("/info", R"({"LoggingDriver":"journald"})");
    observer.mark_unknown();
    observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_EQ(unknown_of(*observed, web), nullptr);
    EXPECT_EQ(observed->engine.default_log_driver, "journald");
}

TEST_F(ObserverTest, TheTimeSinceAnObjectIsUnknownIsKept) {
    const model::Subject volume = subject_of(model::VolumeName{"demo_data"});
    set_refusal("/volumes", 500);
    auto observed = refresh();
    ASSERT_TRUE(observed);
    const model::WallTime since = unknown_of(*observed, volume)->since;
    while (wall_now() == since) {
    }
    set_answer("/volumes", R"({"Volumes":[{"Name":"demo_data","Options":[]}]})");
    observer.mark_unknown();
    observed = refresh();
    ASSERT_TRUE(observed);
    EXPECT_EQ(unknown_of(*observed, volume)->since, since);
    set_answer("/volumes", R"({"Volumes":[{"Name":"demo_data","Labels":5}]})");
    observer.mark_unknown();
    observed = refresh();
    EXPECT_EQ(unknown_of(*observed, volume)->since, since);
}

TEST_F(ObserverTest, AnUnresponsiveEngineIsRetried) {
    for (const std::string target :
         {"/networks", "/volumes", "/images/json?digests=1", "/containers/json?all=1",
          "/containers/web1/json", "/images/nginx/json"}) {
        SCOPED_TRACE(target);
        observer.forget();
        observer.track(demo());
        const std::string well = answers["GET /v1.41" + target];
        set_refusal(target, 500);
        set_refusal("/_ping", 503);
        const auto failed = refresh();
        ASSERT_FALSE(failed);
        EXPECT_THAT(failed.error().message(), testing::HasSubstr("no (500)"));
        EXPECT_TRUE(observer.dirty());
        set_answer(target, well);
        set_answer("/_ping", "OK");
        const auto observed = refresh();
        ASSERT_TRUE(observed) << observed.error().message();
        EXPECT_THAT(unknown_objects_of(*observed), IsEmpty());
        EXPECT_EQ(observed->containers.size(), 1U);
        EXPECT_EQ(observed->images.size(), 1U);
        EXPECT_FALSE(observer.dirty());
    }
}

TEST_F(ObserverTest, ARefusalAboutOneObjectMakesOnlyThatUnknown) {
    model::Project project = demo();
    project.services[{"bad"}].container.image = {"a//b"};
    observer.track(project);
    const std::string path = "/images/a%2F%2Fb/json";
    for (const unsigned status : {301U, 400U, 403U, 500U}) {
        SCOPED_TRACE(status);
        set_refusal(path, status);
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
    set_answer(path, "<html>");
    observer.mark_unknown();
    EXPECT_THAT(refresh()->unknown.begin()->second.error.message(), testing::HasSubstr("is not JSON"));
    asked();
    set_refusal(path, 404);
    observer.mark_unknown();
    EXPECT_TRUE(refresh()->unknown.empty());
    EXPECT_THAT(asked(), ElementsAre("/images/json?digests=1", path));
}

TEST_F(ObserverTest, AContainerIsUnknownUntilItsInspectSucceeds) {
    look();
    set_answer("/containers/json?all=1", "[" + listed("web1", "demo-web-1", labels("demo", "web")) + "," +
                                             listed("db1", "demo-db-1", labels("demo", "db")) + "]");
    set_answer("/containers/db1/json", inspected("db1", "demo-db-1", labels("demo", "db")));
    set_refusal("/containers/web1/json", 500);
    observer.mark_all();
    auto observed = refresh();
    ASSERT_TRUE(observed) << observed.error().message();
    EXPECT_EQ(observed->containers.size(), 1U);
    ASSERT_EQ(observed->unknown.size(), 1U);
    EXPECT_EQ(to_string(observed->unknown.begin()->first), "container web-1");
    mark_event("container", "die", "db1");
    EXPECT_EQ(refresh()->unknown.size(), 1U);
    set_answer("/containers/web1/json", inspected("web1", "demo-web-1", labels("demo", "web")));
    observer.mark_unknown();
    observed = refresh();
    EXPECT_TRUE(observed->unknown.empty());
    EXPECT_EQ(observed->containers.size(), 2U);
}

TEST_F(ObserverTest, AnUnreadableListEntryHidesNoOther) {
    set_answer("/networks", R"([{"Name":"demo_default","Id":"n1","Labels":{"a":5}},{"Name":5},7,
                           {"Name":"demo_other","Id":"n2","Labels":{"com.docker.compose.project":"demo",
                                                                    "com.docker.compose.network":"other"}}])");
    set_answer("/volumes", R"({"Volumes":[{"Name":"demo_data","Options":[]},{"Name":"others"}]})");
    const auto observed = refresh();
    ASSERT_TRUE(observed) << observed.error().message();
    EXPECT_TRUE(observed->networks.contains({"demo_other"}));
    EXPECT_EQ(observed->containers.size(), 1U);
    EXPECT_EQ(observed->unknown.size(), 2U);
    EXPECT_TRUE(observed->unknown.contains(subject_of(model::NetworkName{"demo_default"})));
    EXPECT_TRUE(observed->unknown.contains(subject_of(model::VolumeName{"demo_data"})));
}

TEST_F(ObserverTest, MarksDuringASnapshotAreKept) {
    look();
    mark_event("container", "die", "web1");
    std::optional<Result<>> first;
    test::start(io, store_result(observer.refresh(), first));
    while (asked().empty()) io.run_one();
    mark_event("container", "start", "web1");
    while (!first) io.run_one();
    EXPECT_TRUE(*first);
    EXPECT_TRUE(observer.dirty());
}

TEST_F(ObserverTest, OnlyNewlyDesiredObjectsAreMarked) {
    look();
    observer.track(demo());
    EXPECT_FALSE(observer.dirty());
    model::Project more = demo();
    more.volumes[{"demo_more"}] = {.name = {"demo_more"}};
    observer.track(more);
    ASSERT_TRUE(refresh());
    EXPECT_THAT(asked(), ElementsAre("/volumes"));
}

}  // namespace
}  // namespace dockerext::observe
