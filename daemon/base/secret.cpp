#include "base/secret.hpp"

#include <cstring>

namespace dockerext {

// A moved-from short string keeps its characters, so a move here is a swap.
Secret::Secret(Secret&& other) noexcept { text_.swap(other.text_); }

Secret& Secret::operator=(Secret other) noexcept {
    text_.swap(other.text_);
    return *this;
}

void Secret::wipe() noexcept { ::explicit_bzero(text_.data(), text_.size()); }

}  // namespace dockerext
