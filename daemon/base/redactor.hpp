#pragma once

#include "base/secret.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

struct TextRange;

/// Removes known secrets from text for people, in any of these spellings: unchanged, with other white space,
/// escaped (JSON, Go), percent-encoded, or anywhere within base64 of either alphabet; also one of these
/// within another. Each line of a secret of at least eight bytes counts as a secret of its own, except for
/// the BEGIN and END lines of PEM. Values shorter than four bytes are not hidden: that would remove every "1"
/// and "yes" from a message and protect nothing. Pass whole texts: a piece of a secret is not found. Copies
/// share what they know.
class Redactor {
public:
    Redactor() = default;
    explicit Redactor(const std::vector<Secret>& secrets);

    /// Adds the secrets of `other`.
    void merge(const Redactor& other);

    /// `text` with every secret replaced by "(hidden)".
    std::string operator()(std::string_view text) const;
    bool has_secret_in(std::string_view text) const;
    /// Whether a redacted text contains `phrase`, of which a part may be a secret ("password") and thus
    /// hidden.
    bool contains_phrase(std::string_view redacted, std::string_view phrase) const;

    /// The most bytes that one secret may occupy in a text. A text that is to be cut at its beginning must
    /// keep so many bytes more until it has been redacted.
    std::size_t max_match_size() const;

private:
    class SecretSet;
    std::vector<TextRange> secret_ranges(std::string_view text) const;

    std::vector<std::shared_ptr<const SecretSet>> secret_sets_;
};

}  // namespace dockerext
