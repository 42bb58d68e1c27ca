#include "apply/port_holder.hpp"

#include "support/fake_engine.hpp"
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace dockerext::apply {
namespace {

namespace fs = std::filesystem;

TEST(TakenPort, IsReadFromTheEnginesMessage) {
    struct Case {
        std::string message;
        std::optional<Port> expected;
    };
    const std::vector<Case> cases{
        {"Bind for 0.0.0.0:8080 failed: port is already allocated", Port{8080, "tcp"}},
        {"listen tcp4 0.0.0.0:8081: bind: address already in use", Port{8081, "tcp"}},
        {"listen udp6 [::1]:53: bind: address already in use", Port{53, "udp"}},
        {"failed to bind host port for 0.0.0.0:8082:172.17.0.2:80/tcp: address already in use",
         Port{8082, "tcp"}},
        {"failed to bind host port 0.0.0.0:8083/udp: address already in use", Port{8083, "udp"}},
        {"listen tcp4 10.9.0.1:8090: bind: cannot assign requested address", std::nullopt},
        {"Address already in use", std::nullopt},
        {"listen tcp4 0.0.0.0:99999: bind: address already in use", std::nullopt},
    };
    for (const Case& c : cases) EXPECT_EQ(taken_port(c.message), c.expected) << c.message;
}

/// As in proc(5): 8081 is 1F91.
constexpr const char* tcp_table =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   0: 0100007F:1F91 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 111 1 0\n"
    "   1: 00000000:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000    33        0 222 1 0\n";

struct ProcFolder {
    ProcFolder() {
        fs::create_directories(proc() / "self/net");
        test::write_file(proc() / "self/net/tcp", tcp_table);
        add_process("7", "other", "socket:[111]");
    }
    void add_process(const std::string& pid, const std::string& name, const std::string& open) const {
        fs::create_directories(proc() / pid / "fd");
        fs::create_symlink(open, proc() / pid / "fd/3");
        test::write_file(proc() / pid / "comm", name + "\n");
    }
    fs::path proc() const { return folder / "proc"; }
    test::TemporaryFolder folder;
};

TEST(ProcessHolding, IsTheOneThatListens) {
    const ProcFolder folder;
    EXPECT_EQ(process_holding({8081, "tcp"}, folder.proc()), "a process of user 33")
        << "its files are hidden";
    folder.add_process("812", "nginx", "socket:[222]");
    EXPECT_EQ(process_holding({8081, "tcp"}, folder.proc()), "process nginx (pid 812)");
    EXPECT_EQ(process_holding({8082, "tcp"}, folder.proc()), "");
    EXPECT_EQ(process_holding({8081, "udp"}, folder.proc()), "");
}

TEST(PortHolder, IsAContainerIfOnePublishesThePort) {
    asio::io_context io;
    test::FakeEngine fake(io);
    engine::Client client(io.get_executor(), fake.socket());
    fake.answer("GET /v1.40/containers/json?filters=%7B%22publish%22%3A%5B%228080%2Ftcp%22%5D%7D",
                test::http_answer(200, R"([{"Id":"c1","Names":["/other-1"]}])"));
    const Error taken(ErrorKind::unavailable, "Bind for 0.0.0.0:8080 failed: port is already allocated");
    EXPECT_EQ(
        test::run(io, with_port_holder(client, taken)).message(),
        taken.message() + "; port 8080/tcp is held by container other-1: end it, or publish another port");
    const Error other(ErrorKind::unavailable, "no such file");
    EXPECT_EQ(test::run(io, with_port_holder(client, other)).message(), "no such file");
}

}  // namespace
}  // namespace dockerext::apply
