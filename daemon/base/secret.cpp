#include "base/secret.hpp"

#include <openssl/crypto.h>

namespace dockerext {

// A moved-from short string keeps its characters, so a move here is a swap.
Secret::Secret(Secret&& other) noexcept { text_.swap(other.text_); }

Secret& Secret::operator=(Secret other) noexcept {
    text_.swap(other.text_);
    return *this;
}

void Secret::wipe() noexcept { OPENSSL_cleanse(text_.data(), text_.size()); }

}  // namespace dockerext
