#include "report/request_target.hpp"

#include <charconv>

namespace dockerext::report {
namespace {

Error bad(std::string_view complaint, std::string_view text) {
    return {ErrorKind::invalid_input, std::string(complaint) + " in '" + std::string(text) + "'"};
}

Result<char> decode_hex(std::string_view digits) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc() || end != digits.data() + 2 || value == 0)
        return bad("bad percent encoding", digits);
    return static_cast<char>(value);
}

Result<std::string> decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        auto letter = decode_hex(text.substr(i + 1, 2));
        if (!letter) return letter.error();
        out += *letter;
        i += 2;
    }
    return out;
}

Result<std::map<std::string, std::string>> parse_query(std::string_view text) {
    std::map<std::string, std::string> query;
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        auto key = decode(pair.substr(0, equals));
        auto value = decode(pair.substr(std::min(equals + 1, pair.size())));
        if (!key) return key.error();
        if (!value) return value.error();
        if (!query.emplace(*key, *value).second) return bad("parameter given twice", *key);
    }
    return query;
}

}  // namespace

Result<RequestTarget> parse_target(std::string_view target) {
    if (!target.starts_with('/')) return bad("no path", target);
    const std::size_t mark = std::min(target.find('?'), target.size());
    auto path = decode(target.substr(0, mark));
    auto query = parse_query(target.substr(std::min(mark + 1, target.size())));
    if (!path) return path.error();
    if (!query) return query.error();
    return RequestTarget{std::move(*path), std::move(*query)};
}

}  // namespace dockerext::report
