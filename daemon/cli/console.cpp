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

void measure_terminal(TerminalStyle& style) {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return;
    if (size.ws_col > 0) style.columns = std::clamp<std::size_t>(size.ws_col, 60, 160);
    if (size.ws_row > 0) style.rows = size.ws_row;
}

}  // namespace

Console standard_console() {
    Console console{std::cin, std::cout, std::cerr, {}};
    if (::isatty(STDOUT_FILENO) != 1) {
        console.style.whole_words = true;
        return console;
    }
    console.measure = measure_terminal;
    console.measure(console.style);
    console.is_live = !is_dumb();
    console.style.colours = console.is_live && !is_set("NO_COLOR");
    return console;
}

}  // namespace dockerext::cli
