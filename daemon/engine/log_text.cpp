#include "engine/log_text.hpp"

#include "base/utf8.hpp"

#include <algorithm>

namespace dockerext::engine {
namespace {

constexpr std::size_t head_size = 8;

/// Only from API 1.42 on does the answer's Content-Type say whether there are frames.
bool is_head_of_frame(std::string_view head) {
    return head.size() == head_size && static_cast<unsigned char>(head[0]) <= 3 &&
           head.substr(1, 3) == std::string_view("\0\0\0", 3);
}

std::size_t payload_size(std::string_view head) {
    std::size_t size = 0;
    for (const char c : head.substr(4)) size = size << 8 | static_cast<unsigned char>(c);
    return size;
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
        else tail_.append(head_);
        head_.clear();
    }
    if (form_ == Form::framed) append_framed(piece);
    else tail_.append(piece);
}

void LogText::append_framed(std::string_view piece) {
    while (!piece.empty()) {
        const bool in_payload = payload_ > 0;
        const std::size_t size = std::min(in_payload ? payload_ : head_size - head_.size(), piece.size());
        if (in_payload) {
            tail_.append(piece.substr(0, size));
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

std::string LogText::text() const {
    RedactedTail tail = tail_;
    if (form_ == Form::unknown) tail.append(head_);  // too short to decide: shown unchanged
    const auto [text, is_cut] = tail.text();
    if (!is_cut) return valid_utf8(text);
    return "(older output is left out; these are the last " + std::to_string(limit_ / 1024) + " KiB)\n" +
           valid_utf8(text);
}

}  // namespace dockerext::engine
