#include "model/image_reference.hpp"

#include "base/ascii.hpp"
#include "base/url.hpp"

#include <algorithm>
#include <array>

namespace dockerext::model {
namespace {

constexpr std::size_t longest_name = 255;
constexpr std::size_t longest_tag = 128;

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_alphanumeric(char c) { return is_digit(c) || is_lower(c) || is_upper(c); }
constexpr bool is_within_tag(char c) { return is_alphanumeric(c) || c == '_' || c == '.' || c == '-'; }
constexpr bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }
constexpr bool starts_component(char c) { return is_lower(c) || is_digit(c); }

template <typename Test>
bool all(std::string_view text, Test test) {
    return std::all_of(text.begin(), text.end(), test);
}

/// "a", "a-b", "registry1": a part of a host name.
bool is_host_label(std::string_view label) {
    return !label.empty() && is_alphanumeric(label.front()) && is_alphanumeric(label.back()) &&
           all(label, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

bool is_host(std::string_view host) {
    if (host.starts_with('[') && host.ends_with(']'))
        return host.size() > 2 &&
               host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdefABCDEF:") == host.npos;
    while (true) {
        const std::size_t dot = host.find('.');
        if (!is_host_label(host.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        host.remove_prefix(dot + 1);
    }
}

bool is_registry(std::string_view text) {
    const std::size_t colon = text.ends_with(']') ? std::string_view::npos : text.rfind(':');
    if (colon == std::string_view::npos) return is_host(text);
    const std::string_view port = text.substr(colon + 1);
    return !port.empty() && all(port, is_digit) && is_host(text.substr(0, colon));
}

/// What may stand between letters and digits: one ".", one or two "_", any number of "-".
bool is_separator(std::string_view text) {
    return text == "." || text == "_" || text == "__" || all(text, [](char c) { return c == '-'; });
}

bool is_component(std::string_view text) {
    if (text.empty() || !starts_component(text.front()) || !starts_component(text.back())) return false;
    while (!text.empty()) {
        const auto word = std::find_if_not(text.begin(), text.end(), starts_component);
        text.remove_prefix(static_cast<std::size_t>(word - text.begin()));
        const auto next = std::find_if(text.begin(), text.end(), starts_component);
        const auto length = static_cast<std::size_t>(next - text.begin());
        if (!is_separator(text.substr(0, length))) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string path_error(std::string_view path) {
    if (path.empty()) return "it has no name";
    if (std::any_of(path.begin(), path.end(), is_upper)) return "a name must be lower case";
    while (true) {
        const std::size_t slash = path.find('/');
        if (slash == 0 || path.empty()) return "a part between slashes is empty";
        if (!is_component(path.substr(0, slash)))
            return "a name may contain only lower-case letters and digits, with '.', '_', '__' or '-' "
                   "between them";
        if (slash == std::string_view::npos) return "";
        path.remove_prefix(slash + 1);
    }
}

std::string name_error(std::string_view name) {
    if (split_url(name)) return "a registry is named without http:// or https://";
    if (name.size() > longest_name) return "a name may have at most 255 characters";
    const std::size_t slash = name.find('/');
    const bool has_registry = slash != std::string_view::npos && names_registry(name.substr(0, slash));
    if (!has_registry) return path_error(name);
    if (!is_registry(name.substr(0, slash))) return "the registry before the first slash is not host[:port]";
    return path_error(name.substr(slash + 1));
}

std::string tag_error(std::string_view tag) {
    if (tag.empty()) return "the tag after ':' is empty";
    const bool fits = tag.size() <= longest_tag && tag.front() != '.' && tag.front() != '-';
    if (fits && all(tag, is_within_tag)) return "";
    return "a tag may have at most 128 letters, digits, '_', '.' and '-', and must not begin with '.' or '-'";
}

std::string digest_error(std::string_view digest) {
    struct Algorithm {
        std::string_view name;
        std::size_t digits;
    };
    constexpr auto known = std::to_array<Algorithm>({{"sha256", 64}, {"sha384", 96}, {"sha512", 128}});
    const std::size_t colon = digest.find(':');
    const auto algorithm = std::find_if(known.begin(), known.end(), [&](const Algorithm& each) {
        return each.name == digest.substr(0, colon);
    });
    if (colon == std::string_view::npos || algorithm == known.end())
        return "a digest begins with sha256:, sha384: or sha512:";
    const std::string_view digits = digest.substr(colon + 1);
    if (digits.size() == algorithm->digits && all(digits, is_hex)) return "";
    return "the digest needs " + std::to_string(algorithm->digits) + " lower-case hexadecimal digits";
}

}  // namespace

bool names_registry(std::string_view first) {
    return first.find_first_of(".:") != std::string_view::npos || first == "localhost" ||
           std::any_of(first.begin(), first.end(), is_upper);
}

std::string image_reference_error(std::string_view reference) {
    if (reference.empty()) return "it is empty";
    const std::size_t at = reference.find('@');
    const std::string_view tagged = reference.substr(0, at);
    const std::size_t slash = tagged.rfind('/');
    const std::size_t colon = tagged.find(':', slash == tagged.npos ? 0 : slash);  // past a registry's port
    std::string error = name_error(tagged.substr(0, colon));
    if (error.empty() && colon != tagged.npos) error = tag_error(tagged.substr(colon + 1));
    if (error.empty() && at != reference.npos) error = digest_error(reference.substr(at + 1));
    return error;
}

std::string familiar_image(std::string_view reference) {
    constexpr std::string_view official = "library/";
    for (const std::string_view hub : {"docker.io/", "index.docker.io/"}) {
        if (reference.starts_with(hub)) reference.remove_prefix(hub.size());
    }
    if (reference.starts_with(official) && reference.find('/', official.size()) == std::string_view::npos)
        reference.remove_prefix(official.size());
    const std::size_t slash = reference.rfind('/');
    const std::string_view last = reference.substr(slash == std::string_view::npos ? 0 : slash + 1);
    const bool has_version = last.find_first_of(":@") != std::string_view::npos;
    return std::string(reference) + (has_version ? "" : ":latest");
}

}  // namespace dockerext::model
