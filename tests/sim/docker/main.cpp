// engine-model VERSION IMAGE: the modelled engine alone, with one image. Reads one JSON object per line and
// answers each with one line. {"method", "target", "body"} is a call; the answer comes when the engine
// answers, however much virtual time that takes. {"wait": MILLISECONDS} lets virtual time pass. Each answer
// also contains the events since the previous answer, and the time.
#include "docker/engine.hpp"
#include "schedule.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <iostream>

namespace {

using namespace dockerext;
using namespace std::chrono_literals;

constexpr Duration longest_call = 1h;

std::shared_ptr<sim::Stream> new_stream(boost::asio::io_context& io) {
    return std::shared_ptr<sim::Stream>(new sim::Stream{Timer(io.get_executor())});
}

/// Takes what has arrived since the last call.
std::string drain(sim::Stream& stream) {
    std::string text;
    for (const std::string& piece : std::exchange(stream.pieces, {})) text += piece;
    return text;
}

HttpResponse answer_to(const sim::json::Value& call, sim::Engine& engine,
                       const std::shared_ptr<sim::Stream>& body) {
    const HttpRequest request{sim::json::string_at(call, "method"),
                              sim::json::string_at(call, "target"),
                              sim::json::string_at(call, "body"),
                              {}};
    std::optional<HttpResponse> answer;
    engine.perform(
        request, sim::Engine::Caller::foreign_client,
        [&](HttpResponse response) { answer = std::move(response); }, body);
    sim::Schedule& schedule = sim::Schedule::current();
    for (const SteadyTime end = schedule.now() + longest_call; !answer && schedule.advance(end);) {
    }
    return answer.value_or(HttpResponse{0, "no answer"});
}

void advance_time(Duration time) {
    sim::Schedule& schedule = sim::Schedule::current();
    for (const SteadyTime end = schedule.now() + time; schedule.advance(end);) {
    }
}

}  // namespace

int main(int count, char** words) {
    if (count != 3) return std::fputs("engine-model VERSION IMAGE\n", stderr), 2;
    boost::asio::io_context io;
    sim::Schedule schedule(1);
    sim::Engine engine(words[1]);
    engine.publish(words[2], {}, 0s);
    engine.load(words[2], sim::Engine::Caller::foreign_client);
    const auto events = new_stream(io);
    engine.events.subscribe(events);
    for (std::string line; std::getline(std::cin, line);) {
        const sim::json::Document asked = sim::json::parse(line);
        const auto body = new_stream(io);
        HttpResponse answer;
        if (asked.HasMember("wait"))
            advance_time(std::chrono::milliseconds(sim::json::number_at(asked, "wait")));
        else answer = answer_to(asked, engine, body);
        std::printf("{\"status\":%u,\"body\":%s,\"events\":%s,\"now\":%lld}\n", answer.status,
                    sim::json::string_text(answer.body + drain(*body)).c_str(),
                    sim::json::string_text(drain(*events)).c_str(),
                    static_cast<long long>(std::chrono::nanoseconds(wall_now().time_since_epoch()).count()));
        (void)std::fflush(stdout);
    }
}
