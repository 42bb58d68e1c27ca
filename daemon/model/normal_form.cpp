#include "model/normal_form.hpp"

#include "base/joined.hpp"
#include "base/split.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

namespace dockerext::model::normal {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

template <char (*change)(char)>
std::string changed(std::string_view text) {
    std::string all(text);
    std::transform(all.begin(), all.end(), all.begin(), change);
    return all;
}

std::optional<unsigned> number(std::string_view text) {
    unsigned value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

/// The spellings that the engine takes for an architecture ("GOARCH") and its variant.
struct ArchitectureAlias {
    std::string_view written, architecture, variant;
};
constexpr auto architecture_aliases = std::to_array<ArchitectureAlias>({
    {"x86_64", "amd64", ""},
    {"x86-64", "amd64", ""},
    {"i386", "386", ""},
    {"aarch64", "arm64", ""},
    {"armhf", "arm", "v7"},
    {"armel", "arm", "v6"},
});
constexpr auto architectures = std::to_array<std::string_view>(
    {"386", "amd64", "arm", "arm64", "loong64", "mips64le", "ppc64le", "riscv64", "s390x"});

/// "amd64/v1", "arm64/v8" and "arm/v7" mean the same as without a variant.
std::string normal_architecture(std::string architecture, std::string variant) {
    const auto known =
        std::find_if(architecture_aliases.begin(), architecture_aliases.end(),
                     [&](const ArchitectureAlias& each) { return each.written == architecture; });
    if (known != architecture_aliases.end()) {
        architecture = known->architecture;
        if (variant.empty()) variant = known->variant;
    }
    if (!variant.empty() && number(variant)) variant.insert(0, "v");
    const bool is_default_variant = (architecture == "amd64" && variant == "v1") ||
                                    (architecture == "arm64" && variant == "v8") ||
                                    (architecture == "arm" && variant == "v7");
    return architecture + (variant.empty() || is_default_variant ? "" : "/" + variant);
}

bool is_architecture(const std::string& text) {
    const auto written = [&](const ArchitectureAlias& each) { return each.written == text; };
    return std::find(architectures.begin(), architectures.end(), text) != architectures.end() ||
           std::any_of(architecture_aliases.begin(), architecture_aliases.end(), written);
}

/// The first "real-time" signal is 34: the C library keeps two for itself.
constexpr unsigned first_real_time = 34, last_real_time = 64;
constexpr auto signals = std::to_array<std::string_view>(
    {"",     "HUP",  "INT",  "QUIT", "ILL",    "TRAP",   "ABRT",  "BUS",  "FPE",  "KILL", "USR1",
     "SEGV", "USR2", "PIPE", "ALRM", "TERM",   "STKFLT", "CHLD",  "CONT", "STOP", "TSTP", "TTIN",
     "TTOU", "URG",  "XCPU", "XFSZ", "VTALRM", "PROF",   "WINCH", "IO",   "PWR",  "SYS"});

std::optional<unsigned> real_time_signal(std::string_view name) {
    const auto from = [&](std::string_view word, unsigned base, int sign) -> std::optional<unsigned> {
        if (name == word) return base;
        if (!name.starts_with(word)) return std::nullopt;
        const auto distance = number(name.substr(word.size() + 1));
        const bool fits = distance && *distance <= last_real_time - first_real_time;
        return fits ? std::optional(sign < 0 ? base - *distance : base + *distance) : std::nullopt;
    };
    if (name.starts_with("RTMIN+") || name == "RTMIN") return from("RTMIN", first_real_time, 1);
    if (name.starts_with("RTMAX-") || name == "RTMAX") return from("RTMAX", last_real_time, -1);
    return std::nullopt;
}

/// A range without leading zeros; unchanged if one end is not a number.
std::string range(std::string_view text) {
    std::string all;
    for (const std::string_view end : split(text, '-')) {
        const auto value = number(end);
        if (!value) return std::string(text);
        all += (all.empty() ? "" : "-") + std::to_string(*value);
    }
    return all;
}

}  // namespace

std::string path(std::string_view text) {
    const bool absolute = text.starts_with('/');
    std::vector<std::string_view> kept;
    for (const std::string_view part : split(text, '/')) {
        if (part.empty() || part == ".") continue;
        if (part == ".." && !kept.empty() && kept.back() != "..") kept.pop_back();
        else if (part != ".." || !absolute) kept.push_back(part);
    }
    const std::string clean = (absolute ? "/" : "") + joined(kept, "/");
    return clean.empty() && !text.empty() ? "." : clean;
}

std::string mac_address(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (c != ':' && c != '-' && c != '.') digits += lower(c);
    }
    constexpr std::size_t length = 12;
    if (digits.size() != length || digits.find_first_not_of("0123456789abcdef") != std::string::npos)
        return std::string(text);
    for (std::size_t at = length - 2; at > 0; at -= 2) digits.insert(at, ":");
    return digits;
}

std::string platform(std::string_view text) {
    std::string all = word(text);
    const auto parts = split(all, '/');
    if (parts.size() > 3 || all.empty()) return all;
    if (parts.size() == 1) return is_architecture(all) ? "linux/" + normal_architecture(all, "") : all;
    return std::string(parts[0]) + "/" +
           normal_architecture(std::string(parts[1]), parts.size() > 2 ? std::string(parts[2]) : "");
}

std::string signal(std::string_view text) {
    if (const auto value = number(text)) return std::to_string(*value);
    const std::string capitals = changed<upper>(text);
    std::string_view name = capitals;
    if (name.starts_with("SIG")) name.remove_prefix(3);
    const auto known = std::find(signals.begin() + 1, signals.end(), name);
    if (known != signals.end()) return std::to_string(known - signals.begin());
    const auto real_time = real_time_signal(name);
    return real_time ? std::to_string(*real_time) : std::string(text);
}

std::string capability(std::string_view text) {
    const std::string name = changed<upper>(text);
    return name == "ALL" || name.starts_with("CAP_") ? name : "CAP_" + name;
}

std::string port(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::string protocol =
        slash == std::string_view::npos ? std::string("tcp") : word(text.substr(slash + 1));
    return range(text.substr(0, slash)) + "/" + protocol;
}

std::string host_port(std::string_view text) { return range(text); }

std::string options(std::string_view text) {
    auto parts = split(text, ',');
    std::sort(parts.begin(), parts.end());
    return joined(parts, ",");
}

std::string extra_host(std::string_view text) {
    const std::size_t equals = text.find('=');
    const std::size_t at = equals != std::string_view::npos ? equals : text.find(':');
    if (at == std::string_view::npos) return std::string(text);
    std::string_view address = text.substr(at + 1);
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    return std::string(text.substr(0, at)) + ":" + ip_address(address);
}

std::string security_option(std::string_view text) {
    const std::size_t at = text.find_first_of("=:");
    if (at == std::string_view::npos)
        return text == "no-new-privileges" ? "no-new-privileges=true" : std::string(text);
    return std::string(text.substr(0, at)) + "=" + std::string(text.substr(at + 1));
}

std::string device_permissions(std::string_view text) {
    std::string permissions;
    for (const char permission : {'r', 'w', 'm'}) {
        if (text.find(permission) != std::string_view::npos) permissions += permission;
    }
    return text.find_first_not_of("rwm") == std::string_view::npos ? permissions : std::string(text);
}

std::string word(std::string_view text) { return changed<lower>(text); }

}  // namespace dockerext::model::normal
