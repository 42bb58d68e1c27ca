#include "cli/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string_view>

namespace dockerext::cli {
namespace {

bool is_set(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

bool is_dumb() {
    const char* terminal = std::getenv("TERM");
    return terminal == nullptr || std::string_view(terminal) == "dumb";
}

std::size_t terminal_columns() {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return std::clamp<std::size_t>(size.ws_col, 60, 160);
}

}  // namespace

Console standard_console() {
    const bool terminal = ::isatty(STDOUT_FILENO) == 1;
    const TerminalStyle style{terminal ? terminal_columns() : 80,
                              terminal && !is_set("NO_COLOR") && !is_dumb()};
    return {std::cin, std::cout, std::cerr, style, terminal};
}

}  // namespace dockerext::cli
