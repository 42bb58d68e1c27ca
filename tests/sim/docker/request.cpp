#include "docker/request.hpp"

#include "docker/json.hpp"

#include <cstdlib>

namespace dockerext::sim {
namespace {

std::string decoded(const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%' || at + 2 >= text.size()) {
            out += text[at];
            continue;
        }
        out += static_cast<char>(std::strtol(text.substr(at + 1, 2).c_str(), nullptr, 16));
        at += 2;
    }
    return out;
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(separator, at), text.size());
        if (end > at) parts.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

}  // namespace

const std::string& Request::part(std::size_t number) const {
    static const std::string none;
    return number < path.size() ? path[number] : none;
}

std::string Request::asked(const std::string& key) const {
    const auto found = query.find(key);
    return found == query.end() ? "" : found->second;
}

Request parse_request(const HttpRequest& request) {
    const std::size_t mark = std::min(request.target.find('?'), request.target.size());
    Request taken{request.method, split(request.target.substr(0, mark), '/'), {}, request.body};
    if (!taken.path.empty() && taken.path[0].starts_with("v1.")) taken.path.erase(taken.path.begin());
    for (std::string& part : taken.path) part = decoded(part);
    if (mark == request.target.size()) return taken;
    for (const std::string& pair : split(request.target.substr(mark + 1), '&')) {
        const std::size_t equals = std::min(pair.find('='), pair.size());
        taken.query[pair.substr(0, equals)] = equals < pair.size() ? decoded(pair.substr(equals + 1)) : "";
    }
    return taken;
}

HttpResponse refusal(unsigned status, const std::string& message) {
    return {status, "{\"message\":" + json::string_text(message) + "}"};
}

}  // namespace dockerext::sim
