#include "base/redactor.hpp"

#include "base/decoded_text.hpp"

#include <algorithm>
#include <bitset>
#include <optional>

namespace dockerext {
namespace {

constexpr std::size_t shortest_secret = 4;
constexpr std::size_t shortest_secret_line = 8;
constexpr std::size_t max_escape_size = 6;    ///< bytes that one byte may become: \u0041
constexpr unsigned max_nested_encodings = 2;  ///< JSON in base64, base64 in a URL
constexpr std::size_t window = 32U << 10;     ///< how much of a text is searched at once
constexpr std::string_view replacement = "(hidden)";

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
    return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

/// The form that is searched for.
Secret normalized(std::string_view text) { return Secret(trimmed(DecodedText(text).text())); }

bool is_pem_boundary(std::string_view line) {
    return line.starts_with("-----BEGIN ") || line.starts_with("-----END ");
}

std::size_t prefix(std::string_view text) {
    return static_cast<std::size_t>(static_cast<unsigned char>(text[0])) << 8U |
           static_cast<unsigned char>(text[1]);
}

std::vector<TextRange> merged(std::vector<TextRange> ranges) {
    std::sort(ranges.begin(), ranges.end(), [](TextRange a, TextRange b) { return a.begin < b.begin; });
    std::vector<TextRange> apart;
    for (const TextRange range : ranges) {
        if (apart.empty() || range.begin > apart.back().end) apart.push_back(range);
        else apart.back().end = std::max(apart.back().end, range.end);
    }
    return apart;
}

}  // namespace

/// The secrets of one document, and how to find them.
class Redactor::SecretSet {
public:
    explicit SecretSet(const std::vector<Secret>& secrets) {
        for (const Secret& secret : secrets) {
            add(secret.reveal(), shortest_secret);
            if (secret.reveal().find('\n') != std::string_view::npos) add_lines(secret.reveal());
        }
        std::sort(secrets_.begin(), secrets_.end(),
                  [](const Secret& a, const Secret& b) { return a.reveal() < b.reveal(); });
        secrets_.erase(std::unique(secrets_.begin(), secrets_.end()), secrets_.end());
    }

    bool empty() const { return secrets_.empty(); }
    std::size_t max_match_size() const { return max_escape_size * longest_; }

    /// Adds the places of secrets in `text`.
    void find(std::string_view text, std::vector<TextRange>& found) const {
        const DecodedText decoded_text(text);
        find(decoded_text, found);
        find_in_decodings(decoded_text, max_nested_encodings, found);
    }

private:
    void add(std::string_view text, std::size_t least) {
        Secret entry = normalized(text);
        const std::size_t size = entry.reveal().size();
        if (size < least) return;
        prefixes_.set(prefix(entry.reveal()));
        longest_ = std::max(longest_, text.size());
        shortest_ = std::min(shortest_, size);
        secrets_.push_back(std::move(entry));
    }

    void add_lines(std::string_view text) {
        while (!text.empty()) {
            const std::size_t end = std::min(text.find('\n'), text.size());
            if (!is_pem_boundary(text)) add(text.substr(0, end), shortest_secret_line);
            text.remove_prefix(std::min(end + 1, text.size()));
        }
    }

    void find(const DecodedText& decoded_text, std::vector<TextRange>& found) const {
        const std::string_view text = decoded_text.text();
        for (std::size_t at = 0; at + shortest_ <= text.size(); ++at) {
            const std::size_t size = match_size(text.substr(at));
            if (size > 0) found.push_back(decoded_text.range(at, at + size));
        }
    }

    void find_in_decodings(const DecodedText& decoded_text, unsigned depth,
                           std::vector<TextRange>& found) const {
        if (depth == 0) return;
        for (const DecodedText& other : decodings(decoded_text, (4 * shortest_ + 2) / 3)) {
            find(other, found);
            find_in_decodings(other, depth - 1, found);
        }
    }

    /// The size of the longest word with which `text` begins; 0 if there is none.
    std::size_t match_size(std::string_view text) const {
        if (!prefixes_.test(prefix(text))) return 0;
        const std::string_view start = text.substr(0, shortest_secret);
        auto entry = std::lower_bound(secrets_.begin(), secrets_.end(), start,
                                      [](const Secret& a, std::string_view b) { return a.reveal() < b; });
        std::size_t longest = 0;
        for (; entry != secrets_.end() && entry->reveal().starts_with(start); ++entry) {
            if (text.starts_with(entry->reveal())) longest = std::max(longest, entry->reveal().size());
        }
        return longest;
    }

    std::vector<Secret> secrets_;  ///< in order, each once
    std::bitset<1U << 16U> prefixes_;
    std::size_t longest_ = 0;
    std::size_t shortest_ = std::string_view::npos;
};

Redactor::Redactor(const std::vector<Secret>& secrets) {
    auto secret_set = std::make_shared<const SecretSet>(secrets);
    if (!secret_set->empty()) secret_sets_.push_back(std::move(secret_set));
}

void Redactor::merge(const Redactor& other) {
    for (const auto& secret_set : other.secret_sets_) {
        if (std::find(secret_sets_.begin(), secret_sets_.end(), secret_set) == secret_sets_.end())
            secret_sets_.push_back(secret_set);
    }
}

std::size_t Redactor::max_match_size() const {
    std::size_t max_size = 0;
    for (const auto& secret_set : secret_sets_) max_size = std::max(max_size, secret_set->max_match_size());
    return max_size;
}

std::vector<TextRange> Redactor::secret_ranges(std::string_view text) const {
    const std::size_t step = std::max(window, max_match_size());
    std::vector<TextRange> found;
    for (std::size_t begin = 0; begin < text.size(); begin += step) {
        const std::size_t before = found.size();
        for (const auto& secret_set : secret_sets_)
            secret_set->find(text.substr(begin, step + max_match_size()), found);
        for (std::size_t i = before; i < found.size(); ++i) {
            found[i].begin += static_cast<std::uint32_t>(begin);
            found[i].end += static_cast<std::uint32_t>(begin);
        }
    }
    return merged(std::move(found));
}

std::string Redactor::operator()(std::string_view text) const {
    std::string out;
    std::size_t copied = 0;
    for (const TextRange range : secret_ranges(text)) {
        out.append(text.substr(copied, range.begin - copied)).append(replacement);
        copied = range.end;
    }
    return out.append(text.substr(copied));
}

bool Redactor::contains_phrase(std::string_view redacted, std::string_view phrase) const {
    return redacted.find((*this)(phrase)) != std::string_view::npos;
}

bool Redactor::has_secret_in(std::string_view text) const { return !secret_ranges(text).empty(); }

}  // namespace dockerext
