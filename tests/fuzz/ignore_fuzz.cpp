// Fuzzes a .dockerignore and the paths that it is applied to; an unprivileged user may have written both. An
// input is the file's text, a record separator, then one path per line.
#include "apply/ignore_patterns.hpp"
#include "plain_patterns.hpp"
#include "promise.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <ctime>
#include <string>
#include <vector>

namespace dockerext {
namespace {

constexpr rlim_t stack = rlim_t{1} << 20;  ///< bytes; too small for recursion that is as deep as the input
constexpr std::clock_t seconds = 10;       ///< of CPU time; an input normally takes milliseconds
constexpr std::size_t plain_pattern = 12, plain_path = 16,
                      plain_stars = 4;  ///< the largest input that the plain matcher can handle

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        lines.push_back(text.substr(0, text.find('\n')));
        text.remove_prefix(std::min(text.size(), lines.back().size() + 1));
    }
    return lines;
}

void compare(std::string_view text, std::string_view path) {
    if (text.size() > plain_pattern || path.size() > plain_path) return;
    if (std::count(text.begin(), text.end(), '*') > static_cast<std::ptrdiff_t>(plain_stars)) return;
    const auto pattern = apply::IgnorePattern::parse(text);
    if (!pattern) return promise(!pattern.error().message().empty(), "a refusal says why");
    const bool covers = pattern->covers(apply::characters_of(path));
    promise(covers == test::PlainPattern(text).covers(path), "both matchers say the same",
            std::string(text) + " on " + std::string(path));
}

void try_input(std::string_view input) {
    const std::string_view text = input.substr(0, input.find('\x1e'));
    input.remove_prefix(std::min(input.size(), text.size() + 1));
    const auto paths = lines_of(input);
    const auto patterns = apply::IgnorePatterns::parse(text);
    for (const std::string_view path : paths) {
        if (patterns && patterns->ignores(path)) (void)patterns->can_contain_exception(path);
        for (const std::string_view line : lines_of(text)) compare(line, path);
    }
    if (!patterns || paths.empty()) return;
    auto patterns_with_exception = *patterns;
    patterns_with_exception.keep(std::string(paths.front()));
    promise(!patterns_with_exception.ignores(paths.front()), "what the build needs stays", paths.front());
}

}  // namespace
}  // namespace dockerext

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    rlimit limit{};
    ::getrlimit(RLIMIT_STACK, &limit);
    limit.rlim_cur = dockerext::stack;
    ::setrlimit(RLIMIT_STACK, &limit);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    const std::clock_t begun = std::clock();
    dockerext::try_input({reinterpret_cast<const char*>(bytes), size});
    dockerext::promise(std::clock() - begun < dockerext::seconds * CLOCKS_PER_SEC, "no input takes long");
    return 0;
}
