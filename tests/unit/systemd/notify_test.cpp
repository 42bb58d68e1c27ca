#include "systemd/notify.hpp"

#include "base/atomic_file.hpp"
#include "base/disk_sync.hpp"
#include "base/timeout.hpp"
#include "base/unique_fd.hpp"
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string>

namespace dockerext::systemd {
namespace {

using namespace std::chrono_literals;

/// The socket on which systemd would listen.
class NotifySocket {
public:
    NotifySocket() : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        const std::string path = (folder_ / "notify").string();
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.c_str(), path.size());
        if (::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
            std::abort();
        (void)::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    }
    NotifySocket(const NotifySocket&) = delete;
    NotifySocket& operator=(const NotifySocket&) = delete;
    ~NotifySocket() { (void)::unsetenv("NOTIFY_SOCKET"); }

    /// The next message, or "" if there is none.
    std::string next() const {
        std::array<char, 512> buffer{};
        const ssize_t size = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
        return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : "";
    }

private:
    test::TemporaryFolder folder_;
    UniqueFd fd_;
};

TEST(Notify, SendsTheState) {
    const NotifySocket systemd;
    notify_ready();
    EXPECT_EQ(systemd.next(), "READY=1");
    notify_extend_timeout(90s);
    EXPECT_EQ(systemd.next(), "EXTEND_TIMEOUT_USEC=90000000");
    notify_status("3 services, all well");
    EXPECT_EQ(systemd.next(), "STATUS=3 services, all well");
    notify_stopping();
    EXPECT_EQ(systemd.next(), "STOPPING=1");
}

TEST(Notify, ReportsTheStartOfAReload) {
    const NotifySocket systemd;
    const auto microseconds = [] {
        return std::chrono::duration_cast<std::chrono::microseconds>(
                   std::chrono::steady_clock::now().time_since_epoch())
            .count();
    };
    const auto before = microseconds();
    notify_reloading();
    const auto after = microseconds();
    const std::string said = systemd.next();
    const std::string expected = "RELOADING=1\nMONOTONIC_USEC=";
    ASSERT_EQ(said.substr(0, expected.size()), expected);
    const auto when = std::stoll(said.substr(expected.size()));
    EXPECT_TRUE(before <= when && when <= after) << said;
}

TEST(Notify, KeepsAStatusOnOneLine) {
    const NotifySocket systemd;
    notify_status("web failed: no\nREADY=1");
    EXPECT_EQ(systemd.next(), "STATUS=web failed: no READY=1");
}

/// Each sync may take long: the watchdog must see progress, and systemd must not time out a start.
TEST(Notify, NotifiesBeforeEachSync) {
    const NotifySocket systemd;
    const test::TemporaryFolder folder;
    notify_before_each_sync();
    const auto written = replace_file(folder / "file", "text");
    set_sync_callback(nullptr);
    ASSERT_TRUE(written);
    for (const char* wait : {"the file", "its folder"})
        EXPECT_EQ(systemd.next(), "WATCHDOG=1\nEXTEND_TIMEOUT_USEC=60000000") << wait;
    EXPECT_EQ(systemd.next(), "");
}

TEST(Notify, DoesNothingWithoutSystemd) {
    const NotifySocket systemd;
    (void)::unsetenv("NOTIFY_SOCKET");
    notify_ready();
    notify_reloading();
    notify_status("x");
    notify_stopping();
    EXPECT_EQ(systemd.next(), "");
}

struct Watchdog : testing::Test {
    ~Watchdog() override {
        (void)::unsetenv("WATCHDOG_USEC");
        (void)::unsetenv("WATCHDOG_PID");
    }
    NotifySocket systemd;
    asio::io_context io;
};

Task<void> count_watchdog_messages(const NotifySocket& systemd, int& watchdog_messages) {
    while (watchdog_messages < 3) {
        if (systemd.next() == "WATCHDOG=1") ++watchdog_messages;
        else co_await sleep_for(1ms);
    }
}

Task<void> feed_for_an_hour(std::function<bool(Duration)> is_overdue) {
    co_await race(feed_watchdog(std::move(is_overdue)), 1h);
}

Task<void> feed_until(Duration limit) {
    co_await race(feed_watchdog([](Duration) { return false; }), limit);
}

TEST_F(Watchdog, IsNotifiedRepeatedlyUntilCancelled) {
    (void)::setenv("WATCHDOG_USEC", "40000", 1);
    (void)::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    int watchdog_messages = 0;
    const auto start = std::chrono::steady_clock::now();
    test::start(io, feed_until(1h));
    test::run_to_end(io, count_watchdog_messages(systemd, watchdog_messages));
    EXPECT_EQ(watchdog_messages, 3);
    EXPECT_GE(std::chrono::steady_clock::now() - start, 19ms);  // the first at once, then one every 10 ms
}

TEST_F(Watchdog, IsNotFedWhileTheDaemonMakesNoProgress) {
    (void)::setenv("WATCHDOG_USEC", "4000", 1);
    (void)::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    int asked = 0;
    const auto is_overdue = [&](Duration tolerance) {
        EXPECT_EQ(tolerance, 2ms);
        return ++asked <= 3;  // from the fourth call on it makes progress
    };
    test::start(io, feed_for_an_hour(is_overdue));
    EXPECT_TRUE(test::run_until(io, [&] { return asked == 3; }));
    EXPECT_EQ(systemd.next(), "");
    EXPECT_TRUE(test::run_until(io, [&] { return asked == 5; }));
    EXPECT_EQ(systemd.next(), "WATCHDOG=1");
}

TEST_F(Watchdog, EndsWhenCancelled) {
    (void)::setenv("WATCHDOG_USEC", "60000000", 1);
    std::optional<Finish> finish;
    test::run_to_end(io, store_result(race(feed_watchdog([](Duration) { return false; }), 5ms), finish));
    EXPECT_EQ(finish, Finish::timed_out);
}

TEST_F(Watchdog, IsNotFedWhenItIsForAnotherProcess) {
    const std::pair<const char*, const char*> environments[] = {{nullptr, nullptr}, {"20000", "1"}};
    for (const auto& [interval, pid] : environments) {
        if (interval != nullptr) (void)::setenv("WATCHDOG_USEC", interval, 1);
        if (pid != nullptr) (void)::setenv("WATCHDOG_PID", pid, 1);
        std::optional<Finish> finish;
        test::run_to_end(io, store_result(race(feed_watchdog([](Duration) { return false; }), 5s), finish));
        EXPECT_EQ(finish, Finish::done);
        EXPECT_EQ(systemd.next(), "");
    }
}

}  // namespace
}  // namespace dockerext::systemd
