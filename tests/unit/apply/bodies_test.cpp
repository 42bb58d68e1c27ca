#include "apply/bodies.hpp"

#include "apply/injected_files.hpp"
#include "base/json_document.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace dockerext::apply {
namespace {

using model::ContainerSpec;
using model::Mount;

constexpr engine::ApiVersion old_api{1, 43};
constexpr engine::ApiVersion new_api{1, 44};

/// The text at a path of member names; "" when something on the way is absent.
std::string at(const std::string& body, std::vector<std::string_view> path) {
    const JsonDocument document = JsonDocument::parse(body).value();
    std::optional<JsonCursor> place = document.root();
    for (const std::string_view key : path) {
        place = place->find(key).value();
        if (!place) return "";
    }
    return place->text();
}

TEST(ContainerBody, OmitsUnsetFields) {
    ContainerSpec spec;
    spec.image = {"nginx"};
    EXPECT_EQ(
        create_container_body(spec, old_api),
        R"({"Image":"nginx","AttachStdin":false,"AttachStdout":true,"AttachStderr":true,"StdinOnce":false,)"
        R"("Tty":false,"OpenStdin":false,"Labels":{},"HostConfig":{"PortBindings":{},"Binds":[],"Mounts":[],)"
        R"("RestartPolicy":{"Name":"no","MaximumRetryCount":0},"ExtraHosts":[],"OomKillDisable":false}})");
}

struct Field {
    std::function<void(ContainerSpec&)> set;
    std::vector<std::string_view> path;
    std::string text;
};

TEST(ContainerBody, EachFieldGoesWhereComposePutsIt) {
    using namespace std::chrono_literals;
    const std::vector<Field> fields{
        {[](auto& s) { s.command.emplace(); }, {"Cmd"}, "[]"},
        {[](auto& s) {
             s.entrypoint = {"sh", "-c"};
         },
         {"Entrypoint"},
         R"(["sh","-c"])"},
        {[](auto& s) {
             s.environment = {{"A", "1"}, {"B", std::nullopt}, {"C", ""}};
         },
         {"Env"},
         R"(["A=1","B","C="])"},
        {[](auto& s) { s.stop_timeout = 0s; }, {"StopTimeout"}, "0"},
        {[](auto& s) { s.healthcheck = {.test = {"NONE"}}; }, {"Healthcheck"}, R"({"Test":["NONE"]})"},
        {[](auto& s) { s.healthcheck = {.test = {}, .interval = 1500ms, .retries = 0}; },
         {"Healthcheck"},
         R"({"Interval":1500000000,"Retries":0})"},
        {[](auto& s) { s.exposed_ports = {"3000"}; }, {"ExposedPorts"}, R"({"3000":{}})"},
        {[](auto& s) {
             s.port_bindings = {{"80/tcp", {{"", "8080"}}}};
         },
         {"HostConfig", "PortBindings"},
         R"({"80/tcp":[{"HostIp":"","HostPort":"8080"}]})"},
        {[](auto& s) { s.network_mode = "host"; }, {"HostConfig", "NetworkMode"}, R"("host")"},
        {[](auto& s) { s.network_mode = "host"; }, {"NetworkingConfig"}, ""},
        {[](auto& s) { s.init = false; }, {"HostConfig", "Init"}, "false"},
        {[](auto& s) { s.memory_swap = model::Unlimited{}; }, {"HostConfig", "MemorySwap"}, "-1"},
        {[](auto& s) { s.security_opt = {"systempaths=unconfined"}; }, {"HostConfig", "MaskedPaths"}, "[]"},
        {[](auto& s) { s.security_opt = {"systempaths=unconfined"}; }, {"HostConfig", "SecurityOpt"}, ""},
        {[](auto& s) { s.restart = {.kind = model::RestartPolicy::Kind::unless_stopped}; },
         {"HostConfig", "RestartPolicy", "Name"},
         R"("unless-stopped")"},
        {[](auto& s) {
             s.logging = model::Logging{"local", {}};
         },
         {"HostConfig", "LogConfig"},
         R"({"Type":"local","Config":{}})"},
        {[](auto& s) {
             s.labels = {{"a", "\"\\\n"}};
         },
         {"Labels"},
         R"({"a":"\"\\\n"})"},
    };
    for (const Field& field : fields) {
        ContainerSpec spec;
        field.set(spec);
        EXPECT_EQ(at(create_container_body(spec, old_api), field.path), field.text);
    }
}

TEST(ContainerBody, WritesMountsWhereTheirOptionsFit) {
    const std::string hex(64, 'b');
    const std::vector<std::tuple<Mount, std::string, std::string>> cases{
        {{.type = Mount::Type::bind, .source = "/a", .target = "/b"}, R"(["/a:/b:rw"])", "[]"},
        {{.type = Mount::Type::bind,
          .source = "/a",
          .target = "/b",
          .read_only = true,
          .propagation = "rslave",
          .selinux = "z"},
         "[]",
         R"([{"Type":"bind","Source":"/a","Target":"/b","ReadOnly":true,)"
         R"("BindOptions":{"Propagation":"rslave","CreateMountpoint":true}}])"},
        {{.type = Mount::Type::bind, .source = "/a", .target = "/b", .read_only = true, .selinux = "z"},
         R"(["/a:/b:ro,z"])",
         "[]"},
        {{.type = Mount::Type::volume, .source = "data", .target = "/b", .subpath = "c"},
         "[]",
         R"([{"Type":"volume","Source":"data","Target":"/b","VolumeOptions":{"Subpath":"c"}}])"},
        {{.type = Mount::Type::image, .source = "nginx:1", .target = "/b"},
         "[]",
         R"([{"Type":"image","Source":"nginx:1","Target":"/b"}])"},
        {{.type = Mount::Type::bind, .source = "/a", .target = "/b", .create_host_path = false},
         "[]",
         R"([{"Type":"bind","Source":"/a","Target":"/b"}])"},
        {{.type = Mount::Type::volume, .source = "data", .target = "/b"}, R"(["data:/b:rw"])", "[]"},
        {{.type = Mount::Type::volume, .source = "data", .target = "/b", .no_copy = true},
         "[]",
         R"([{"Type":"volume","Source":"data","Target":"/b","VolumeOptions":{"NoCopy":true}}])"},
        {{.type = Mount::Type::volume, .target = "/b"}, "[]", R"([{"Type":"volume","Target":"/b"}])"},
        {{.type = Mount::Type::volume, .source = hex, .target = "/b"},
         "[]",
         R"([{"Type":"volume","Source":")" + hex + R"(","Target":"/b"}])"},
        {{.type = Mount::Type::tmpfs, .target = "/b", .tmpfs_size = model::Bytes{9}},
         "[]",
         R"([{"Type":"tmpfs","Target":"/b","TmpfsOptions":{"SizeBytes":9}}])"},
    };
    for (const auto& [mount, binds, mounts] : cases) {
        ContainerSpec spec;
        spec.mounts = {mount};
        const std::string body = create_container_body(spec, old_api);
        EXPECT_EQ(at(body, {"HostConfig", "Binds"}), binds);
        EXPECT_EQ(at(body, {"HostConfig", "Mounts"}), mounts);
    }
}

TEST(ContainerBody, HasOneNetworkBelowApiVersion144) {
    ContainerSpec spec;
    spec.network_mode = "front";
    spec.networks[{"back"}] = {.aliases = {"db"}};
    spec.networks[{"front"}] = {.has_ipam_config = true};
    const std::string front = R"("front":{"IPAMConfig":{}})";
    const std::string back = R"("back":{"IPAMConfig":null,"Aliases":["db"]})";
    const auto endpoints = [&](engine::ApiVersion api) {
        return at(create_container_body(spec, api), {"NetworkingConfig", "EndpointsConfig"});
    };
    EXPECT_EQ(endpoints(old_api), "{" + front + "}");
    EXPECT_EQ(endpoints(new_api), "{" + back + "," + front + "}");
}

TEST(NetworkBody, MatchesTheModel) {
    model::NetworkSpec spec{.name = {"demo_default"}, .labels = {{"a", "b"}}};
    EXPECT_EQ(create_network_body(spec, old_api),
              R"({"Name":"demo_default","CheckDuplicate":true,"Labels":{"a":"b"}})");
    EXPECT_EQ(create_network_body(spec, new_api), R"({"Name":"demo_default","Labels":{"a":"b"}})");
    spec = {.name = {"n"},
            .driver = "macvlan",
            .driver_options = {{"parent", "eth0"}},
            .ipam_driver = "default",
            .ipam_pools = {{.subnet = "10.0.0.0/24",
                            .gateway = "10.0.0.1",
                            .ip_range = "10.0.0.128/25",
                            .aux_addresses = {{"x", "10.0.0.5"}}}},
            .internal = true,
            .attachable = true,
            .enable_ipv6 = true};
    EXPECT_EQ(
        create_network_body(spec, new_api),
        R"({"Name":"n","Driver":"macvlan","Options":{"parent":"eth0"},"IPAM":{"Driver":"default","Config":[)"
        R"({"Subnet":"10.0.0.0/24","IPRange":"10.0.0.128/25","Gateway":"10.0.0.1",)"
        R"("AuxiliaryAddresses":{"x":"10.0.0.5"}}]},"Internal":true,"Attachable":true,"EnableIPv6":true,"Labels":{}})");
}

TEST(VolumeBody, MatchesTheModel) {
    EXPECT_EQ(create_volume_body({.name = {"demo_data"}}), R"({"Name":"demo_data","Labels":{}})");
    EXPECT_EQ(
        create_volume_body(
            {.name = {"v"}, .driver = "local", .driver_options = {{"o", "bind"}}, .labels = {{"a", "b"}}}),
        R"({"Name":"v","Driver":"local","DriverOpts":{"o":"bind"},"Labels":{"a":"b"}})");
}

TEST(ConnectBody, CarriesTheWholeEndpoint) {
    EXPECT_EQ(
        connect_network_body("c1",
                             {.aliases = {"web"},
                              .ipv4_address = "10.0.0.9",
                              .ipv6_address = "fd00::9",
                              .link_local_ips = {"169.254.1.1"},
                              .links = {"db:d"},
                              .mac_address = "02:42:ac:11:00:09",
                              .driver_options = {{"a", "b"}}},
                             old_api),
        R"({"Container":"c1","EndpointConfig":{"IPAMConfig":{"IPv4Address":"10.0.0.9","IPv6Address":"fd00::9",)"
        R"("LinkLocalIPs":["169.254.1.1"]},"Links":["db:d"],"Aliases":["web"],"DriverOpts":{"a":"b"}}})");
}

TEST(ExecBody, CarriesTheHook) {
    EXPECT_EQ(exec_body({.command = {"sh", "-c", "x"},
                         .user = "1",
                         .working_dir = "/w",
                         .privileged = true,
                         .environment = {{"A", "1"}}}),
              R"({"Cmd":["sh","-c","x"],"User":"1","WorkingDir":"/w","Privileged":true,"Env":["A=1"]})");
}

TEST(InjectedFiles, AreATarWithTheirPermissions) {
    const std::string tar =
        tar_of({{.path = "/run/secrets/s", .content = Secret("hush"), .mode = 0400, .uid = 7}});
    EXPECT_EQ(tar.substr(0, 15), std::string("run/secrets/s") + std::string(2, '\0'));
    EXPECT_EQ(tar.substr(100, 8), std::string("0000400\0", 8));
    EXPECT_EQ(tar.substr(108, 8), std::string("0000007\0", 8));
    EXPECT_EQ(tar.substr(512, 4), "hush");
    EXPECT_EQ(tar.size(), 512 + 512 + 1024);
    unsigned sum = 8 * ' ';
    for (std::size_t at = 0; at < 512; ++at)
        sum += at >= 148 && at < 156 ? 0U : static_cast<unsigned char>(tar[at]);
    EXPECT_EQ(std::stoul(tar.substr(148, 6), nullptr, 8), sum);
}

TEST(InjectedFiles, MayBelongToAnybody) {
    const std::string tar =
        tar_of({{.path = "/x", .content = Secret(""), .uid = 0x0123'4567, .gid = 07'777'777}});
    EXPECT_EQ(tar.substr(108, 8), std::string("\x80\0\0\0\x01\x23\x45\x67", 8));
    EXPECT_EQ(tar.substr(116, 8), std::string("7777777\0", 8));
}

TEST(UpdateBody, SwapFollowsTheMemoryAsItWouldInANewContainer) {
    const auto body = [](const model::MemoryLimit& memory, const model::MemoryLimit& swap) {
        return update_container_body({.memory = memory, .memory_swap = swap});
    };
    using model::Bytes, model::Unlimited;
    const std::string restart = R"("RestartPolicy":{"Name":"no","MaximumRetryCount":0}})";
    EXPECT_EQ(body({}, {}), "{" + restart);
    EXPECT_EQ(body(Bytes{64}, {}), R"({"Memory":64,"MemorySwap":128,)" + restart);
    EXPECT_EQ(body(Bytes{64}, Unlimited{}), R"({"Memory":64,"MemorySwap":-1,)" + restart);
    EXPECT_EQ(body(Bytes{64}, Bytes{96}), R"({"Memory":64,"MemorySwap":96,)" + restart);
    EXPECT_EQ(body(Unlimited{}, {}), R"({"Memory":-1,"MemorySwap":-1,)" + restart);
}

}  // namespace
}  // namespace dockerext::apply
