#pragma once

#include "base/http_client.hpp"

#include <map>
#include <string>
#include <vector>

namespace dockerext::sim {

/// A parsed call of the Engine API.
struct Request {
    std::string method;
    std::vector<std::string> path;  ///< without the version
    std::map<std::string, std::string> query;
    const std::string& body;

    const std::string& part(std::size_t number) const;  ///< "" beyond the end
    std::string asked(const std::string& key) const;
};

Request parse_request(const HttpRequest& request);

HttpResponse refusal(unsigned status, const std::string& message);

}  // namespace dockerext::sim
