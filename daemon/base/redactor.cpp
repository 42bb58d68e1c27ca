#include "base/redactor.hpp"

#include "base/reading.hpp"

#include <algorithm>
#include <bitset>
#include <optional>

namespace dockerext {
namespace {

constexpr std::size_t shortest_secret = 4;
constexpr std::size_t shortest_secret_line = 8;
constexpr std::size_t longest_spelling = 6;  ///< bytes that one byte may become: \u0041
constexpr unsigned spellings_within = 2;     ///< JSON in base64, base64 in a URL
constexpr std::size_t window = 32U << 10;    ///< how much of a text is searched at once
constexpr std::string_view blot = "(hidden)";

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
    return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

/// The form that is searched for.
Secret spelled_plainly(std::string_view text) { return Secret(trimmed(Reading(text).text())); }

bool is_frame_of_pem(std::string_view line) {
    return line.starts_with("-----BEGIN ") || line.starts_with("-----END ");
}

std::size_t beginning(std::string_view text) {
    return static_cast<std::size_t>(static_cast<unsigned char>(text[0])) << 8U |
           static_cast<unsigned char>(text[1]);
}

std::vector<TextRange> merged(std::vector<TextRange> places) {
    std::sort(places.begin(), places.end(), [](TextRange a, TextRange b) { return a.begin < b.begin; });
    std::vector<TextRange> apart;
    for (const TextRange place : places) {
        if (apart.empty() || place.begin > apart.back().end) apart.push_back(place);
        else apart.back().end = std::max(apart.back().end, place.end);
    }
    return apart;
}

}  // namespace

/// The secrets of one document, and how to find them.
class Redactor::Known {
public:
    explicit Known(const std::vector<Secret>& secrets) {
        for (const Secret& secret : secrets) {
            add(secret.reveal(), shortest_secret);
            if (secret.reveal().find('\n') != std::string_view::npos) add_lines(secret.reveal());
        }
        std::sort(words_.begin(), words_.end(),
                  [](const Secret& a, const Secret& b) { return a.reveal() < b.reveal(); });
        words_.erase(std::unique(words_.begin(), words_.end()), words_.end());
    }

    bool empty() const { return words_.empty(); }
    std::size_t reach() const { return longest_spelling * longest_; }

    /// Adds the places of secrets in `text`.
    void find(std::string_view text, std::vector<TextRange>& found) const {
        const Reading reading(text);
        find(reading, found);
        find_in_others(reading, spellings_within, found);
    }

private:
    void add(std::string_view text, std::size_t least) {
        Secret word = spelled_plainly(text);
        const std::size_t size = word.reveal().size();
        if (size < least) return;
        beginnings_.set(beginning(word.reveal()));
        longest_ = std::max(longest_, text.size());
        shortest_ = std::min(shortest_, size);
        words_.push_back(std::move(word));
    }

    void add_lines(std::string_view text) {
        while (!text.empty()) {
            const std::size_t end = std::min(text.find('\n'), text.size());
            if (!is_frame_of_pem(text)) add(text.substr(0, end), shortest_secret_line);
            text.remove_prefix(std::min(end + 1, text.size()));
        }
    }

    void find(const Reading& reading, std::vector<TextRange>& found) const {
        const std::string_view text = reading.text();
        for (std::size_t at = 0; at + shortest_ <= text.size(); ++at) {
            const std::size_t size = size_of_word_at(text.substr(at));
            if (size > 0) found.push_back(reading.place(at, at + size));
        }
    }

    void find_in_others(const Reading& reading, unsigned depth, std::vector<TextRange>& found) const {
        if (depth == 0) return;
        for (const Reading& other : other_readings(reading, (4 * shortest_ + 2) / 3)) {
            find(other, found);
            find_in_others(other, depth - 1, found);
        }
    }

    /// The size of the longest word with which `text` begins; 0 if there is none.
    std::size_t size_of_word_at(std::string_view text) const {
        if (!beginnings_.test(beginning(text))) return 0;
        const std::string_view start = text.substr(0, shortest_secret);
        auto word = std::lower_bound(words_.begin(), words_.end(), start,
                                     [](const Secret& a, std::string_view b) { return a.reveal() < b; });
        std::size_t longest = 0;
        for (; word != words_.end() && word->reveal().starts_with(start); ++word) {
            if (text.starts_with(word->reveal())) longest = std::max(longest, word->reveal().size());
        }
        return longest;
    }

    std::vector<Secret> words_;  ///< in order, each once
    std::bitset<1U << 16U> beginnings_;
    std::size_t longest_ = 0;
    std::size_t shortest_ = std::string_view::npos;
};

Redactor::Redactor(const std::vector<Secret>& secrets) {
    auto known = std::make_shared<const Known>(secrets);
    if (!known->empty()) known_.push_back(std::move(known));
}

void Redactor::also(const Redactor& other) {
    for (const auto& known : other.known_) {
        if (std::find(known_.begin(), known_.end(), known) == known_.end()) known_.push_back(known);
    }
}

std::size_t Redactor::reach() const {
    std::size_t most = 0;
    for (const auto& known : known_) most = std::max(most, known->reach());
    return most;
}

std::vector<TextRange> Redactor::places_in(std::string_view text) const {
    const std::size_t step = std::max(window, reach());
    std::vector<TextRange> found;
    for (std::size_t begin = 0; begin < text.size(); begin += step) {
        const std::size_t before = found.size();
        for (const auto& known : known_) known->find(text.substr(begin, step + reach()), found);
        for (std::size_t i = before; i < found.size(); ++i) {
            found[i].begin += static_cast<std::uint32_t>(begin);
            found[i].end += static_cast<std::uint32_t>(begin);
        }
    }
    return merged(std::move(found));
}

std::string Redactor::operator()(std::string_view text) const {
    std::string out;
    std::size_t told = 0;
    for (const TextRange place : places_in(text)) {
        out.append(text.substr(told, place.begin - told)).append(blot);
        told = place.end;
    }
    return out.append(text.substr(told));
}

bool Redactor::says(std::string_view redacted, std::string_view phrase) const {
    return redacted.find((*this)(phrase)) != std::string_view::npos;
}

bool Redactor::finds_in(std::string_view text) const { return !places_in(text).empty(); }

}  // namespace dockerext
