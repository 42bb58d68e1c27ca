#include "unit/shim/agent.hpp"

#include "base/unique_fd.hpp"

#include <sys/inotify.h>

#include <array>
#include <thread>

namespace dockerext::test {
namespace {

TEST(Handler, HasTheVersionOfItsFolder) {
    const std::pair<const char*, const char*> table[] = {{"/var/lib/waagent/A.B-1.2.3", "1.2.3"},
                                                         {"/var/lib/waagent/A-b.C-10.0", "10.0"},
                                                         {"/opt/handler", ""}};
    for (const auto& [folder, version] : table) EXPECT_EQ(shim::Handler(folder).version, version);
}

TEST(HandlerEnvironment, IsReadAgainWhenTruncated) {
    const Agent agent;
    const auto path = agent.folder("1.2.0") / "HandlerEnvironment.json";
    const std::string whole = agent.environment_json();
    write_file(path, whole.substr(0, whole.size() / 2));
    const UniqueFd watch(::inotify_init1(IN_CLOEXEC));
    ASSERT_GE(::inotify_add_watch(watch.get(), path.c_str(), IN_CLOSE_NOWRITE), 0);
    const std::jthread agent_thread([&] {
        std::array<char, 4096> event{};
        if (::read(watch.get(), event.data(), event.size()) > 0) write_file(path, whole);  // was read torn
    });
    const auto environment = shim::read_environment(agent.context().handler, std::chrono::minutes(1));
    ASSERT_TRUE(environment) << environment.error().message();
    EXPECT_EQ(environment->status_folder, agent.folder("1.2.0") / "status");
}

TEST(HandlerEnvironment, RequiresAbsolutePaths) {
    const Agent agent;
    const auto path = agent.folder("1.2.0") / "HandlerEnvironment.json";
    for (const char* text : {"", "{}", "[]", "[1]", R"([{"handlerEnvironment":{"configFolder":"/c"}}])",
                             R"([{"handlerEnvironment":{"configFolder":"/c","statusFolder":"status"}}])",
                             R"([{"handlerEnvironment":{"configFolder":1,"statusFolder":"/s"}}])"}) {
        write_file(path, text);
        EXPECT_FALSE(shim::read_environment(agent.context().handler, std::chrono::milliseconds(0))) << text;
    }
}

}  // namespace
}  // namespace dockerext::test
