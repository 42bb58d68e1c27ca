#include "engine/redacted_tail.hpp"

#include <algorithm>

namespace dockerext::engine {
namespace {

/// `text` without its first line, which may be incomplete; unchanged if there is no other.
std::string_view whole_lines(std::string_view text) {
    const std::size_t end = text.find('\n');
    return end == std::string_view::npos || end + 1 == text.size() ? text : text.substr(end + 1);
}

}  // namespace

void RedactedTail::append(std::string_view text) {
    if (text.size() > kept_size_) {
        text.remove_prefix(text.size() - kept_size_);
        kept_.clear();
        dropped_ = true;
    }
    kept_ += text;
    if (kept_.size() <= 2 * kept_size_) return;
    kept_.erase(0, kept_.size() - kept_size_);
    dropped_ = true;
}

RedactedTail::Text RedactedTail::text() const {
    const std::string redacted = redact_(kept_);
    const std::size_t excess = redacted.size() > limit_ ? redacted.size() - limit_ : 0;
    const std::size_t unsafe = dropped_ ? std::min(redact_.max_match_size(), redacted.size()) : 0;
    const bool is_cut = dropped_ || excess > 0;
    const std::string_view last = std::string_view(redacted).substr(std::max(excess, unsafe));
    return {std::string(is_cut ? whole_lines(last) : last), is_cut};
}

}  // namespace dockerext::engine
