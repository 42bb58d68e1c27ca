#include "engine/log_text.hpp"

#include "base/utf8.hpp"

#include <algorithm>

namespace dockerext::engine {
namespace {

constexpr std::size_t head_size = 8;

/// Only from API 1.42 on does the answer's Content-Type say whether there are frames.
bool is_head_of_frame(std::string_view head) {
    return head.size() == head_size && head[0] >= 0 && head[0] <= 3 &&
           head.substr(1, 3) == std::string_view("\0\0\0", 3);
}

std::size_t payload_size(std::string_view head) {
    std::size_t size = 0;
    for (const char c : head.substr(4)) size = size << 8 | static_cast<unsigned char>(c);
    return size;
}

/// `text` without its first line, which may be incomplete; unchanged if there is no other.
std::string_view whole_lines(std::string_view text) {
    const std::size_t end = text.find('\n');
    return end == std::string_view::npos || end + 1 == text.size() ? text : text.substr(end + 1);
}

}  // namespace

void LogText::take(std::string_view piece) {
    if (form_ == Form::unknown) {
        const std::size_t missing = std::min(head_size - head_.size(), piece.size());
        head_ += piece.substr(0, missing);
        piece.remove_prefix(missing);
        if (head_.size() < head_size) return;
        form_ = is_head_of_frame(head_) ? Form::framed : Form::plain;
        if (form_ == Form::framed) payload_ = payload_size(head_);
        else append_text(head_);
        head_.clear();
    }
    if (form_ == Form::framed) append_framed(piece);
    else append_text(piece);
}

void LogText::append_framed(std::string_view piece) {
    while (!piece.empty()) {
        const bool in_payload = payload_ > 0;
        const std::size_t size = std::min(in_payload ? payload_ : head_size - head_.size(), piece.size());
        if (in_payload) {
            append_text(piece.substr(0, size));
            payload_ -= size;
        } else {
            head_ += piece.substr(0, size);
        }
        piece.remove_prefix(size);
        if (head_.size() < head_size) continue;
        payload_ = payload_size(head_);
        head_.clear();
    }
}

void LogText::append_text(std::string_view text) {
    if (text.size() > limit_) {
        text.remove_prefix(text.size() - limit_);
        kept_.clear();
        cut_ = true;
    }
    kept_ += text;
    if (kept_.size() <= 2 * limit_) return;
    kept_.erase(0, kept_.size() - limit_);
    cut_ = true;
}

std::string LogText::text() const {
    std::string_view last = kept_;
    if (form_ == Form::unknown) last = head_;  // too short to decide: shown unchanged
    const bool cut = cut_ || last.size() > limit_;
    if (last.size() > limit_) last.remove_prefix(last.size() - limit_);
    if (!cut) return valid_utf8(last);
    return "(older output is left out; these are the last " + std::to_string(limit_ / 1024) + " KiB)\n" +
           valid_utf8(whole_lines(last));
}

}  // namespace dockerext::engine
