#pragma once

#include "base/secret.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

struct TextRange;

/// Takes known secrets out of text that people will read, however they are spelled there: as they are, with
/// other white space, escaped (JSON, Go), percent-encoded, or anywhere within base64 of either alphabet; also
/// one of these spellings within another. Each line of a secret of eight bytes and more is a secret of its
/// own, but for the frame of PEM.
/// Values shorter than four bytes stay: they would blot out every "1" and "yes" of a message and protect
/// nothing. A text must be whole when it is looked at: a piece of a secret is not found.
/// Copies share what they know.
class Redactor {
public:
    Redactor() = default;
    explicit Redactor(const std::vector<Secret>& secrets);

    /// Knows the secrets of `other` as well from now on.
    void also(const Redactor& other);

    /// `text` with every secret replaced by "(hidden)".
    std::string operator()(std::string_view text) const;
    bool finds_in(std::string_view text) const;
    /// Whether a text that has been redacted says `phrase`, of which a part may be a secret ("password").
    bool says(std::string_view redacted, std::string_view phrase) const;

    /// How many bytes of a text one secret may take up. Of a text that is cut at its beginning so many more
    /// must be kept until it has been redacted.
    std::size_t reach() const;

private:
    class Known;
    std::vector<TextRange> places_in(std::string_view text) const;

    std::vector<std::shared_ptr<const Known>> known_;
};

}  // namespace dockerext
