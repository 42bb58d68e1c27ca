#pragma once

#include "base/json_cursor.hpp"
#include "base/web_client.hpp"

#include <string>
#include <string_view>

/// Azure's instance metadata service: plain HTTP, at an address that only this machine reaches.
namespace dockerext::azure {

/// A GET request of a document of the service.
HttpRequest metadata_query(std::string target);

Task<Result<WebResponse>> ask_metadata_service(HttpRequest request, Duration limit);

/// A text member of an answer; "" if it is absent or no text.
std::string text_in(const JsonCursor& object, std::string_view key);

}  // namespace dockerext::azure
