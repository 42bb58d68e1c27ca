#include "systemd/bus.hpp"

#include "support/private_bus.hpp"
#include "support/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace dockerext::systemd {
namespace {

using namespace std::chrono_literals;
using test::run;

struct BusTest : testing::Test {
    std::shared_ptr<Bus> connect() {
        auto connected = Bus::connect(io.get_executor());
        if (!connected) throw std::runtime_error(connected.error().message());
        test::start(io, store_result((*connected)->pump(), pumped));
        return *connected;
    }
    static BusMessage request(Bus& bus, const char* service, const char* method) {
        return *bus.new_call(service, "/", service, method);
    }

    test::PrivateBus server;
    asio::io_context io;
    std::optional<Result<>> pumped;
};

TEST_F(BusTest, GetsAReply) {
    const auto bus = connect();
    const auto reply = run(io, bus->call(request(*bus, "org.freedesktop.DBus", "GetId"), 30s));
    ASSERT_TRUE(reply) << reply.error().message();
    const char* id = nullptr;
    EXPECT_GE(sd_bus_message_read(reply->get(), "s", &id), 0);
    EXPECT_EQ(std::string_view(id).size(), 32U);
}

TEST_F(BusTest, ReportsTheErrorOfTheService) {
    const auto bus = connect();
    const auto reply = run(io, bus->call(request(*bus, "org.example.Absent", "Nothing"), 30s));
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().kind(), ErrorKind::unavailable);
    EXPECT_EQ(reply.error().message(),
              "Nothing: The name org.example.Absent was not provided by any .service files");
}

TEST_F(BusTest, GivesUpOnASilentService) {
    const test::SdBus silent = server.connect();
    ASSERT_GE(sd_bus_request_name(silent.get(), "org.example.Silent", 0), 0);
    const auto bus = connect();
    const auto reply = run(io, bus->call(request(*bus, "org.example.Silent", "Nothing"), 50ms));
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().kind(), ErrorKind::timeout);
    EXPECT_EQ(reply.error().message(), "Nothing: no reply");
    EXPECT_TRUE(run(io, bus->call(request(*bus, "org.freedesktop.DBus", "GetId"), 30s))) << "others go on";
}

TEST_F(BusTest, FailsPendingCallsWhenTheConnectionEnds) {
    const test::SdBus silent = server.connect();
    ASSERT_GE(sd_bus_request_name(silent.get(), "org.example.Silent", 0), 0);
    const auto bus = connect();
    bool lost = false;
    const auto match = bus->on_disconnect([&] { lost = true; });
    ASSERT_TRUE(match);
    std::optional<Result<BusMessage>> reply;
    test::start(io, store_result(bus->call(request(*bus, "org.example.Silent", "Nothing"), 60s), reply));
    io.run_for(50ms);
    ASSERT_FALSE(reply);
    server.stop();
    ASSERT_TRUE(test::run_until(io, [&] { return reply && lost && pumped; }));
    EXPECT_EQ(reply->error().kind(), ErrorKind::unavailable) << reply->error().message();
    EXPECT_EQ(pumped->error().kind(), ErrorKind::unavailable) << pumped->error().message();
    EXPECT_FALSE(run(io, bus->call(request(*bus, "org.example.Silent", "Nothing"), 1s)));
}

TEST_F(BusTest, ReportsAMissingBus) {
    server.stop();
    const auto bus = Bus::connect(io.get_executor());
    ASSERT_FALSE(bus);
    EXPECT_EQ(bus.error().kind(), ErrorKind::not_found) << bus.error().message();
}

TEST_F(BusTest, SendsMoreThanTheSocketTakesAtOnce) {
    const auto bus = connect();
    ASSERT_TRUE(run(io, bus->call(request(*bus, "org.freedesktop.DBus", "GetId"), 30s)))
        << "it waits for answers now";
    auto call = request(*bus, "org.freedesktop.DBus", "NameHasOwner");
    // Larger than the 8 MiB of sd-bus's send buffer.
    const std::string large(24U << 20, 'x');
    ASSERT_GE(sd_bus_message_append(call.get(), "s", large.c_str()), 0);
    const auto reply = run(io, bus->call(std::move(call), 30s));
    ASSERT_TRUE(reply) << reply.error().message();
    int owned = 1;
    EXPECT_GE(sd_bus_message_read(reply->get(), "b", &owned), 0);
    EXPECT_EQ(owned, 0);
}

TEST_F(BusTest, ReceivesMatchedSignalsWhileSubscribed) {
    const auto bus = connect();
    std::vector<std::string> heard;
    {
        const auto match = bus->on_signal("type='signal',interface='org.example.News',member='Said'",
                                          [&](sd_bus_message* signal) {
                                              const char* word = nullptr;
                                              (void)sd_bus_message_read(signal, "s", &word);
                                              heard.emplace_back(word);
                                          });
        ASSERT_TRUE(match);
        ASSERT_TRUE(
            run(io, bus->call(request(*bus, "org.freedesktop.DBus", "GetId"), 30s)));  // now installed
        const test::SdBus speaker = server.connect();
        for (const char* member : {"Said", "Sung"})
            (void)sd_bus_emit_signal(speaker.get(), "/", "org.example.News", member, "s", member);
        (void)sd_bus_flush(speaker.get());
        EXPECT_TRUE(test::run_until(io, [&] { return !heard.empty(); }));
        io.run_for(50ms);
        EXPECT_THAT(heard, testing::ElementsAre("Said"));
    }
    const test::SdBus speaker = server.connect();
    (void)sd_bus_emit_signal(speaker.get(), "/", "org.example.News", "Said", "s", "Said");
    (void)sd_bus_flush(speaker.get());
    io.restart();
    io.run_for(50ms);
    EXPECT_THAT(heard, testing::ElementsAre("Said"));
}

}  // namespace
}  // namespace dockerext::systemd
