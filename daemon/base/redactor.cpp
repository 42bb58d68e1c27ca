#include "base/redactor.hpp"

#include <algorithm>

namespace dockerext {
namespace {

constexpr std::size_t shortest = 4;

/// As JSON and Go write it between quotes.
Secret quoted(std::string_view secret) {
    std::string text;
    text.reserve(2 * secret.size());
    for (const char c : secret) {
        if (c == '"' || c == '\\') text += '\\';
        if (c == '\n') text += "\\n";
        else if (c == '\t') text += "\\t";
        else if (c == '\r') text += "\\r";
        else text += c;
    }
    return Secret(std::move(text));
}

}  // namespace

Redactor::Redactor(std::vector<Secret> secrets) : secrets_(std::move(secrets)) {
    std::erase_if(secrets_, [](const Secret& secret) { return secret.reveal().size() < shortest; });
    for (std::size_t i = 0, given = secrets_.size(); i < given; ++i)
        secrets_.push_back(quoted(secrets_[i].reveal()));
    arrange();
}

void Redactor::also(const Redactor& other) {
    secrets_.insert(secrets_.end(), other.secrets_.begin(), other.secrets_.end());
    arrange();
}

void Redactor::arrange() {
    std::sort(secrets_.begin(), secrets_.end(), [](const Secret& a, const Secret& b) {
        const auto x = a.reveal(), y = b.reveal();
        return x.size() != y.size() ? x.size() > y.size() : x < y;
    });
    secrets_.erase(std::unique(secrets_.begin(), secrets_.end()), secrets_.end());
}

std::string Redactor::operator()(std::string_view text) const {
    std::string out(text);
    for (const Secret& secret : secrets_) {
        constexpr std::string_view blot = "(hidden)";
        const std::string_view word = secret.reveal();
        for (std::size_t at = 0; (at = out.find(word, at)) != std::string::npos; at += blot.size()) {
            out.replace(at, word.size(), blot);
        }
    }
    return out;
}

bool Redactor::finds_in(std::string_view text) const {
    return std::any_of(secrets_.begin(), secrets_.end(), [&](const Secret& secret) {
        return text.find(secret.reveal()) != std::string_view::npos;
    });
}

}  // namespace dockerext
