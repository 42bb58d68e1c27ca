#pragma once

#include "base/redactor.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace dockerext::engine {

/// The end of an output of any length, cut only after secrets have been hidden in it. Holds at most twice
/// `limit` and the longest secret.
class RedactedTail {
public:
    RedactedTail(std::size_t limit, Redactor redact)
        : redact_(std::move(redact)), limit_(limit), kept_size_(limit + redact_.max_match_size()) {}

    void append(std::string_view text);

    struct Text {
        std::string text;
        bool is_cut;  ///< older text was left out; `text` then begins with a whole line if it has several
    };
    /// At most `limit` bytes.
    Text text() const;

private:
    Redactor redact_;
    std::size_t limit_;
    std::size_t kept_size_;
    std::string kept_;
    bool dropped_ = false;  ///< the beginning of `kept_` may be the end of a secret
};

}  // namespace dockerext::engine
