#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace dockerext {

/// Aborts the run, so that the fuzzer keeps the input, unless the promised property holds. Prints `about`.
inline void promise(bool kept, const char* what, std::string_view about = {}) {
    if (kept) return;
    std::fprintf(stderr, "BROKEN PROMISE: %s\n", what);
    std::fwrite(about.data(), 1, about.size(), stderr);
    std::abort();
}

}  // namespace dockerext
