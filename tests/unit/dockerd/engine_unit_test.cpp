#include "dockerd/engine_unit.hpp"

#include "dockerd/unit_syntax.hpp"

#include <gtest/gtest.h>

namespace dockerext::dockerd {
namespace {

using Words = std::vector<std::string>;

// The parts of docker.service in the distributions' packages that concern the command line.
constexpr const char* debian = R"([Unit]
Description=Docker Application Container Engine
Requires=docker.socket

[Service]
Type=notify
# how it is started
EnvironmentFile=-/etc/default/docker
ExecStart=/usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock $DOCKER_OPTS
ExecReload=/bin/kill -s HUP $MAINPID

[Install]
WantedBy=multi-user.target
)";
constexpr const char* docker_ce = R"([Service]
Type=notify
ExecStart=/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock
ExecReload=/bin/kill -s HUP $MAINPID
)";
constexpr const char* azure_linux = R"([Service]
Type=notify
ExecStart=/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock --exec-opt native.cgroupdriver=systemd
)";
constexpr const char* fedora = R"([Service]
Type=notify
EnvironmentFile=-/etc/sysconfig/docker
ExecStart=/usr/bin/dockerd \
          --host=fd:// \
          --exec-opt native.cgroupdriver=systemd \
          $OPTIONS
)";
constexpr const char* fedora_sysconfig = R"(# what dockerd gets
OPTIONS="--selinux-enabled \
  --log-driver=journald \
  --default-ulimit nofile=1024:1024 \
"
)";
constexpr const char* suse = R"([Service]
EnvironmentFile=/etc/sysconfig/docker
Type=notify
ExecStart=/usr/bin/dockerd --add-runtime oci=/usr/sbin/docker-runc $DOCKER_NETWORK_OPTIONS $DOCKER_OPTS
)";

EngineUnit unit_of(const Words& texts) {
    const auto unit = read_engine_unit(texts);
    EXPECT_TRUE(unit) << unit.error().message();
    return unit ? *unit : EngineUnit{};
}

TEST(EngineUnit, IsReadAsEveryDistributionWritesIt) {
    struct Case {
        const char* unit;
        const char* variables;
        EngineUnit expected;
        Words arguments;
    };
    const std::string fd = "-H fd:// --containerd=/run/containerd/containerd.sock";
    const Words fd_words = {"-H", "fd://", "--containerd=/run/containerd/containerd.sock"};
    const Case table[] = {
        {debian,
         "",
         {"/usr/sbin/dockerd " + fd + " $DOCKER_OPTS", {}, {{"/etc/default/docker", true}}},
         fd_words},
        {debian,
         "#DOCKER_OPTS=\"-D\"\nDOCKER_OPTS=\"--dns 8.8.8.8 --label='a b'\"\n",
         {"/usr/sbin/dockerd " + fd + " $DOCKER_OPTS", {}, {{"/etc/default/docker", true}}},
         {"-H", "fd://", "--containerd=/run/containerd/containerd.sock", "--dns", "8.8.8.8", "--label=a b"}},
        {docker_ce, "", {"/usr/bin/dockerd " + fd, {}, {}}, fd_words},
        {azure_linux,
         "",
         {"/usr/bin/dockerd " + fd + " --exec-opt native.cgroupdriver=systemd", {}, {}},
         {"-H", "fd://", "--containerd=/run/containerd/containerd.sock", "--exec-opt",
          "native.cgroupdriver=systemd"}},
        {fedora,
         fedora_sysconfig,
         {"/usr/bin/dockerd  --host=fd://  --exec-opt native.cgroupdriver=systemd  $OPTIONS",
          {},
          {{"/etc/sysconfig/docker", true}}},
         {"--host=fd://", "--exec-opt", "native.cgroupdriver=systemd", "--selinux-enabled",
          "--log-driver=journald", "--default-ulimit", "nofile=1024:1024"}},
        {suse,
         "DOCKER_OPTS=\"\"\nDOCKER_NETWORK_OPTIONS=\"\"\n",
         {"/usr/bin/dockerd --add-runtime oci=/usr/sbin/docker-runc $DOCKER_NETWORK_OPTIONS $DOCKER_OPTS",
          {},
          {{"/etc/sysconfig/docker", false}}},
         {"--add-runtime", "oci=/usr/sbin/docker-runc"}},
    };
    for (const Case& one : table) {
        SCOPED_TRACE(one.unit);
        const EngineUnit unit = unit_of({one.unit});
        EXPECT_EQ(unit.exec_start, one.expected.exec_start);
        EXPECT_EQ(unit.environment_files, one.expected.environment_files);
        EXPECT_EQ(arguments_of(unit.exec_start, environment_file(one.variables)), one.arguments);
    }
}

TEST(EngineUnit, IncludesForeignDropIns) {
    const std::tuple<Words, std::string> table[] = {
        {{docker_ce, "[Service]\nExecStart=\nExecStart=/opt/dockerd -D\n"}, "/opt/dockerd -D"},
        {{docker_ce, "[Service]\nExecStart=\n", "[Service]\nExecStart=/opt/dockerd\n"}, "/opt/dockerd"},
        {{docker_ce, "[Unit]\nExecStart=/no\n"},
         "/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock"},
        {{"[Service]\nExecStart=-/usr/bin/dockerd\n"}, "-/usr/bin/dockerd"},
    };
    for (const auto& [texts, exec_start] : table) EXPECT_EQ(unit_of(texts).exec_start, exec_start);

    const EngineUnit unit =
        unit_of({"[Service]\nEnvironment=A=1 \"B=2 3\" C\nEnvironmentFile=/a\nExecStart=/d\n",
                 "[Service]\nEnvironment='A=4'\nEnvironmentFile=-/b\n"});
    EXPECT_EQ(unit.variables, (Variables{{"A", "4"}, {"B", "2 3"}}));
    EXPECT_EQ(unit.environment_files, (std::vector<EnvironmentFile>{{"/a", false}, {"/b", true}}));
    const EngineUnit cleared = unit_of({"[Service]\nEnvironment=A=1\nEnvironmentFile=/a\nExecStart=/d\n",
                                        "[Service]\nEnvironment=\nEnvironmentFile=\n"});
    EXPECT_TRUE(cleared.variables.empty());
    EXPECT_TRUE(cleared.environment_files.empty());
}

TEST(EngineUnit, TheLineOfTheRetiredExtensionCountsWithoutItsFlags) {
    const std::string packaged = "/lib/systemd/system/docker.service";
    const std::string tls =
        " --tlsverify --tlscacert=/etc/docker/ca.pem --tlscert=/etc/docker/cert.pem "
        "--tlskey=/etc/docker/key.pem";
    const std::pair<std::string, std::optional<std::string>> lines[] = {
        {"/usr/bin/dockerd -H=fd://" + tls + " -H=0.0.0.0:2376 -D", "/usr/bin/dockerd -H=fd://"},
        {"/usr/bin/dockerd -H=fd://" + tls, "/usr/bin/dockerd -H=fd://"},
        {"/usr/bin/dockerd -H=unix:// -H=0.0.0.0:2375", "/usr/bin/dockerd -H=unix://"},
        {"/usr/bin/dockerd -H=fd://", std::nullopt},  // it has set nothing
        {"/usr/bin/dockerd -H=fd:// -D", std::nullopt},
        {"/usr/bin/dockerd -H=fd:// -H=tcp://0.0.0.0:2375", std::nullopt},  // as people write it
        {"/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock", std::nullopt},
        {"/usr/sbin/dockerd -H=fd:// -H=0.0.0.0:2375", std::nullopt},
    };
    for (const auto& [line, before] : lines) {
        const Words texts{"[Service]\nExecStart=" + line + "\n"};
        EXPECT_EQ(exec_start_before_extension(packaged, texts), before) << line;
        EXPECT_EQ(exec_start_before_extension("/usr" + packaged, texts), before) << line;
        EXPECT_EQ(exec_start_before_extension("/etc/systemd/system/docker.service", texts), std::nullopt);
        const Words overridden{texts.front(),
                               "[Service]\nExecStart=\nExecStart=/usr/bin/dockerd -H=fd:// -l x\n"};
        EXPECT_EQ(exec_start_before_extension(packaged, overridden), std::nullopt);
    }
    EXPECT_EQ(exec_start_before_extension(packaged, Words{}), std::nullopt);
}

TEST(EngineUnit, IsRefusedWhereSystemdWouldNotStartIt) {
    const std::pair<Words, const char*> table[] = {
        {{}, "docker.service has no ExecStart= that starts anything"},
        {{docker_ce, "[Service]\nExecStart=\n"}, "docker.service has no ExecStart= that starts anything"},
        {{docker_ce, "[Service]\nExecStart=/usr/bin/dockerd\n"},
         "docker.service has 2 lines ExecStart=, where systemd takes one: a drop-in that sets it has to "
         "clear it "
         "first, with an empty ExecStart="},
        {{"[Service]\nExecStart=/usr/bin/dockerd 'open\n"},
         "ExecStart= of docker.service: a quote is not closed in: open"},
    };
    for (const auto& [texts, message] : table) EXPECT_EQ(read_engine_unit(texts).error().message(), message);
}

TEST(EngineUnit, VariablesAreExpandedAsSystemdDoes) {
    const Variables variables = {{"A", "one 'two three'"}, {"B", "b"}, {"E", ""}};
    const std::pair<const char*, Words> table[] = {
        {"/d $A ${A}", {"one", "two three", "one 'two three'"}},
        {"/d $E ${E} $UNSET ${UNSET}", {"", ""}},
        {"/d --x=${B}${B} y$B $$B $${B} a$", {"--x=bb", "y$B", "$B", "${B}", "a$"}},
        {"/d \"$B\" '${B} c' ${open", {"b", "b c", "${open"}},
        {":/d $A ${A} $$", {"$A", "${A}", "$$"}},
        {"@/d dockerd -D", {"-D"}},
        {"-+/d 100%% %i", {"100%", "%i"}},
        {"/d", {}},
    };
    for (const auto& [exec_start, arguments] : table) {
        EXPECT_EQ(arguments_of(exec_start, variables), arguments) << exec_start;
    }
}

std::string flags_of(const model::DockerSettings& settings, Tls tls, const std::vector<GivenFlag>& own) {
    std::string text;
    for (const FlagSource& source : flags_to_add(settings, tls, own)) {
        text += source.origin + ":";
        for (const std::string& argument : source.arguments) text += " " + argument;
        text += "\n";
    }
    return text;
}

TEST(EngineUnit, GetsOptionsPortAndCertificates) {
    const std::vector<GivenFlag> socket = {{"host", "fd://"}};
    const std::string tls =
        "certs: --tlsverify --tlscacert=/etc/docker/ca.pem --tlscert=/etc/docker/cert.pem "
        "--tlskey=/etc/docker/key.pem";
    const std::string local = " --host=unix:///var/run/docker.sock\n";
    EXPECT_EQ(flags_of({}, Tls::no, socket), "");
    EXPECT_EQ(flags_of({.options = {"-D"}}, Tls::no, {}), "docker.options: -D\n");
    EXPECT_EQ(flags_of({.port = std::uint16_t{2376}, .options = {"-D"}}, Tls::yes, socket),
              "docker.options: -D\ndocker.port: --host=tcp://0.0.0.0:2376\n" + tls + "\n");
    EXPECT_EQ(flags_of({.port = std::uint16_t{2375}}, Tls::no, {}),
              "docker.port: --host=tcp://0.0.0.0:2375" + local);
    const std::string open = "docker.port: --host=tcp://0.0.0.0:2375\n";
    EXPECT_EQ(flags_of({.port = std::uint16_t{2375}, .insecure_port = true}, Tls::no, socket),
              open + "docker.insecure-port: --tls=false\n");
    EXPECT_EQ(
        flags_of({.port = std::uint16_t{2375}, .insecure_port = true, .config = R"({"tlsverify": true})"},
                 Tls::no, socket),
        open);
    EXPECT_EQ(flags_of({.port = std::uint16_t{2375}, .insecure_port = true}, Tls::no,
                       {{"host", "fd://"}, {"tlscert", "/a"}}),
              open);
    EXPECT_EQ(flags_of({.port = std::uint16_t{2376}}, Tls::yes, {}),
              "docker.port: --host=tcp://0.0.0.0:2376\n" + tls + local);
    EXPECT_EQ(flags_of({.options = {"-H", "tcp://127.0.0.1:1"}}, Tls::no, {{"host", "tcp://127.0.0.1:2"}}),
              "docker.options: -H tcp://127.0.0.1:1" + local);
    EXPECT_EQ(flags_of({.options = {"-H", "unix:///a"}}, Tls::no, {}), "docker.options: -H unix:///a\n");
}

TEST(EngineUnit, DropInRepeatsTheUnitAndAddsToIt) {
    const FlagSource options[] = {{"docker.options", {"--label", "a=b c", "--label=100%", "--label=$HOME"}},
                                  {"docker.port", {"--host=tcp://0.0.0.0:2375"}}};
    EXPECT_EQ(engine_drop_in("/usr/bin/dockerd -H fd:// $DOCKER_OPTS", options),
              "# Written by dockerextd from its settings; what is changed here by hand is put back.\n"
              "[Service]\n"
              "ExecStart=\n"
              "ExecStart=/usr/bin/dockerd -H fd:// $DOCKER_OPTS --label \"a=b c\" --label=100%% "
              "--label=$$HOME --host=tcp://0.0.0.0:2375\n");
}

TEST(EngineUnit, DropInGivesDockerdTheVeryOptions) {
    const Words special_words = {"--label=a b",
                                 "it's",
                                 "say \"hi\"",
                                 "C:\\temp\\",
                                 "50%",
                                 "%i",
                                 "%%i",
                                 "$HOME",
                                 "${HOME}",
                                 "$$",
                                 ";",
                                 "#no comment",
                                 "",
                                 "\t",
                                 "-H",
                                 "fd://",
                                 "caf\u00e9 \U0001F433",
                                 "'",
                                 "\\",
                                 "\\\\",
                                 "a\\",
                                 "\x01"};
    const FlagSource options[] = {{"docker.options", special_words}};
    for (const char* const exec_start : {"/usr/bin/dockerd", ":/usr/bin/dockerd", "-@/usr/bin/dockerd d"}) {
        const Words texts = {docker_ce, engine_drop_in(exec_start, options)};
        const EngineUnit unit = unit_of(texts);
        EXPECT_EQ(arguments_of(unit.exec_start, {{"HOME", "/root"}}), special_words) << unit.exec_start;
    }
}

}  // namespace
}  // namespace dockerext::dockerd
