#pragma once

#include "base/wiping_allocator.hpp"

#include <string>
#include <string_view>

namespace dockerext {

/// A text that must stay secret: it converts to nothing, has no stream operator, and is zeroed on
/// destruction.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string_view text) : text_(text) {}
    explicit Secret(const char* text) : text_(text) {}
    /// Zeroes the string from which it takes the text.
    explicit Secret(std::string&& text);
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret other) noexcept;
    ~Secret() { wipe(); }

    /// The text itself, for the one place that needs it.
    std::string_view reveal() const noexcept { return text_; }
    bool operator==(const Secret&) const = default;

private:
    void wipe() noexcept;

    WipedString text_;
};

}  // namespace dockerext
