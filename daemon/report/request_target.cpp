#include "report/request_target.hpp"

#include "base/url.hpp"

#include <algorithm>

namespace dockerext::report {
namespace {

Error parse_error(std::string_view reason, std::string_view text) {
    return {ErrorKind::invalid_input, std::string(reason) + " in '" + std::string(text) + "'"};
}

Result<std::map<std::string, std::string>> parse_query(std::string_view text) {
    std::map<std::string, std::string> query;
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        auto key = percent_decoded(pair.substr(0, equals));
        auto value = percent_decoded(pair.substr(std::min(equals + 1, pair.size())));
        if (!key) return key.error();
        if (!value) return value.error();
        if (!query.emplace(*key, *value).second) return parse_error("parameter given twice", *key);
    }
    return query;
}

}  // namespace

Result<RequestTarget> parse_target(std::string_view target) {
    if (!target.starts_with('/')) return parse_error("no path", target);
    const std::size_t mark = std::min(target.find('?'), target.size());
    auto path = percent_decoded(target.substr(0, mark));
    auto query = parse_query(target.substr(std::min(mark + 1, target.size())));
    if (!path) return path.error();
    if (!query) return query.error();
    return RequestTarget{std::move(*path), std::move(*query)};
}

}  // namespace dockerext::report
