#include "base/secret.hpp"

#include <cstring>

namespace dockerext {

Secret::Secret(std::string&& text) : text_(text) {
    ::explicit_bzero(text.data(), text.size());
    text.clear();
}

// A moved-from short string keeps its characters, so a move here is a swap.
Secret::Secret(Secret&& other) noexcept { text_.swap(other.text_); }

Secret& Secret::operator=(Secret other) noexcept {
    text_.swap(other.text_);
    return *this;
}

// The allocator never sees a short text, which is stored in the string itself.
void Secret::wipe() noexcept { ::explicit_bzero(text_.data(), text_.size()); }

}  // namespace dockerext
