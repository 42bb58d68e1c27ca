#include "azure/metadata_service.hpp"

#include <utility>

namespace dockerext::azure {

HttpRequest metadata_query(std::string target) {
    // The service refuses requests without the header, which a browser would not send.
    return {.method = "GET", .target = std::move(target), .body = {}, .headers = {{"Metadata", "true"}}};
}

Task<Result<WebResponse>> ask_metadata_service(HttpRequest request, Duration limit) {
    return send_web_request({WebServer::Scheme::http, "169.254.169.254", 80}, std::move(request), limit);
}

std::string text_in(const JsonCursor& object, std::string_view key) {
    const auto member = object.find(key);
    if (!member || !*member) return "";
    auto text = (*member)->string();
    return text ? std::move(*text) : "";
}

}  // namespace dockerext::azure
