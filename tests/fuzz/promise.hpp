#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace dockerext {

/// Ends the run, which keeps the input, unless what a target promises of every input is so. `about` is shown.
inline void promise(bool kept, const char* what, std::string_view about = {}) {
    if (kept) return;
    std::fprintf(stderr, "BROKEN PROMISE: %s\n", what);
    std::fwrite(about.data(), 1, about.size(), stderr);
    std::abort();
}

}  // namespace dockerext
