#include "base/bound_port.hpp"

#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace dockerext {
namespace {

namespace fs = std::filesystem;

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

TEST(PortHolder, IsTheProcessThatListens) {
    const ProcFolder folder;
    const auto hidden = port_holder({8081, "tcp"}, folder.proc());
    EXPECT_EQ(hidden, (PortHolder{"", "", "33"}));
    EXPECT_EQ(to_string(*hidden), "a process of user 33");
    folder.add_process("812", "nginx", "socket:[222]");
    const auto nginx = port_holder({8081, "tcp"}, folder.proc());
    EXPECT_EQ(nginx, (PortHolder{"nginx", "812", "33"}));
    EXPECT_EQ(to_string(*nginx), "process nginx (pid 812)");
    EXPECT_EQ(port_holder({8082, "tcp"}, folder.proc()), std::nullopt);
    EXPECT_EQ(port_holder({8081, "udp"}, folder.proc()), std::nullopt);
}

TEST(PortHolder, NeedNotListenOnUdp) {
    const ProcFolder folder;
    test::write_file(folder.proc() / "self/net/udp6",
                     "   9: 00000000000000000000000000000000:1F0A 00000000000000000000000000000000:0000 07 "
                     "00000000:00000000 00:00000000 00000000     0        0 333 2 0\n");
    folder.add_process("900", "dockerd", "socket:[333]");
    EXPECT_EQ(port_holder({7946, "udp"}, folder.proc()), (PortHolder{"dockerd", "900", "0"}));
}

}  // namespace
}  // namespace dockerext
