#include "base/redactor.hpp"

#include <algorithm>

namespace dockerext {
namespace {

constexpr std::size_t shortest = 4;

}  // namespace

Redactor::Redactor(std::vector<Secret> secrets) : secrets_(std::move(secrets)) {
    std::erase_if(secrets_, [](const Secret& secret) { return secret.reveal().size() < shortest; });
    std::stable_sort(secrets_.begin(), secrets_.end(), [](const Secret& a, const Secret& b) {
        return a.reveal().size() > b.reveal().size();
    });
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
