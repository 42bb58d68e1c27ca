#include "settings/pem.hpp"

#include "base/base64.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace dockerext::settings {
namespace {

constexpr std::string_view white_space = " \t\r\n";

Secret without_white_space(std::string_view text) {
    WipedString compact;
    std::copy_if(text.begin(), text.end(), std::back_inserter(compact),
                 [](char c) { return white_space.find(c) == std::string_view::npos; });
    return Secret(compact);
}

std::optional<Secret> decode_base64(std::string_view text) {
    auto bytes = from_base64(without_white_space(text).reveal());
    if (!bytes) return std::nullopt;
    return Secret(std::move(*bytes));
}

/// Whether `text` holds a PEM block whose label ends in `label` ("RSA PRIVATE KEY" ends in "PRIVATE KEY").
bool holds(std::string_view text, std::string_view label) {
    const std::string end_of_line = std::string(label) + "-----";
    const std::size_t begin = text.find("-----BEGIN ");
    if (begin == std::string_view::npos) return false;
    const std::size_t named = text.find(end_of_line, begin);
    if (named == std::string_view::npos) return false;
    const std::size_t end = text.find("-----END ", named);
    return end != std::string_view::npos && text.find(end_of_line, end) != std::string_view::npos;
}

std::string_view label_of(PemKind kind) {
    return kind == PemKind::certificate ? "CERTIFICATE" : "PRIVATE KEY";
}

std::string_view name_of(PemKind kind) {
    return kind == PemKind::certificate ? "certificate" : "private key";
}

Error not_pem(PemKind kind) {
    return {ErrorKind::invalid_input,
            "expected a " + std::string(name_of(kind)) + " as PEM or as base64 of PEM, found neither"};
}

}  // namespace

Result<Secret> read_pem(std::string_view text, PemKind kind) {
    std::optional<Secret> pem;
    if (text.find("-----BEGIN ") != std::string_view::npos) pem = Secret(text);
    else pem = decode_base64(text);
    if (!pem || pem->reveal().find('\0') != std::string_view::npos) return not_pem(kind);
    if (holds(pem->reveal(), label_of(kind))) return std::move(*pem);

    const PemKind other = kind == PemKind::certificate ? PemKind::private_key : PemKind::certificate;
    if (!holds(pem->reveal(), label_of(other))) return not_pem(kind);
    return Error(ErrorKind::invalid_input,
                 "expected a " + std::string(name_of(kind)) + ", found a " + std::string(name_of(other)));
}

}  // namespace dockerext::settings
