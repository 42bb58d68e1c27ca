#include "base/clock.hpp"
#include "shim/commands.hpp"

#include <cstdio>
#include <cstdlib>
#include <span>

namespace {

using dockerext::shim::CommandContext;

std::optional<std::string> variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? std::optional<std::string>(value) : std::nullopt;
}

/// The parent of the folder that contains this program. The agent runs commands with it as the current
/// folder, but does not guarantee that.
std::filesystem::path own_folder() {
    std::error_code ignored;
    return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path().parent_path();
}

}  // namespace

int main(int count, char** words) {
    const std::span arguments(words, static_cast<std::size_t>(count));
    const bool rooted = arguments.size() == 4 && std::string_view(arguments[2]) == "--root";
    const CommandContext context{dockerext::shim::Layout(rooted ? arguments[3] : "/"),
                                 dockerext::shim::Handler(own_folder()), variable("ConfigSequenceNumber"),
                                 variable("VERSION"), dockerext::wall_now()};
    return dockerext::shim::run(arguments.size() == 2 || rooted ? arguments[1] : "", context);
}
