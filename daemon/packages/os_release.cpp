#include "packages/os_release.hpp"

#include "base/enum_names.hpp"
#include "base/regular_file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <sstream>

namespace dockerext::packages {
namespace {

constexpr std::size_t max_file_size = std::size_t{64} << 10;

constexpr auto families =
    std::to_array<Named<PackageFamily>>({{PackageFamily::apt, "debian"},
                                         {PackageFamily::apt, "ubuntu"},
                                         {PackageFamily::dnf, "fedora"},
                                         {PackageFamily::dnf, "rhel"},
                                         {PackageFamily::dnf, "centos"},
                                         {PackageFamily::dnf, "rocky"},
                                         {PackageFamily::dnf, "almalinux"},
                                         {PackageFamily::dnf, "ol"},
                                         {PackageFamily::tdnf, "azurelinux"},
                                         {PackageFamily::tdnf, "mariner"},
                                         {PackageFamily::zypper, "sles"},
                                         {PackageFamily::zypper, "suse"},
                                         {PackageFamily::zypper, "opensuse"},
                                         {PackageFamily::zypper, "opensuse-leap"},
                                         {PackageFamily::zypper, "opensuse-tumbleweed"}});

/// A value as the shell reads it: without quotes and, if it was in double quotes, without escapes.
std::string unquoted(std::string_view value) {
    const bool quoted =
        value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.front() == value.back();
    if (!quoted) return std::string(value);
    const bool escapes = value.front() == '"';
    std::string text;
    value = value.substr(1, value.size() - 2);
    for (std::size_t at = 0; at < value.size(); ++at) {
        if (escapes && value[at] == '\\' && at + 1 < value.size()) ++at;
        text += value[at];
    }
    return text;
}

std::vector<std::string> split_words(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

void set_field(OsRelease& release, std::string_view key, std::string value) {
    if (key == "ID") release.id = std::move(value);
    else if (key == "ID_LIKE") release.like = split_words(value);
    else if (key == "PRETTY_NAME") release.name = std::move(value);
    else if (key == "VERSION_ID") release.version = std::move(value);
    else if (key == "VERSION_CODENAME") release.codename = std::move(value);
    else if (key == "UBUNTU_CODENAME") release.ubuntu_codename = std::move(value);
}

}  // namespace

bool OsRelease::is_like(std::string_view distribution) const {
    return id == distribution || std::find(like.begin(), like.end(), distribution) != like.end();
}

OsRelease parse_os_release(std::string_view text) {
    OsRelease release{.id = "linux", .name = "Linux"};
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos) continue;
        const std::size_t end = line.find_last_not_of(" \t\r") + 1;
        set_field(release, line.substr(0, equals), unquoted(line.substr(equals + 1, end - equals - 1)));
    }
    return release;
}

Result<OsRelease> read_os_release(const std::filesystem::path& root) {
    // /etc/os-release may be a link to /usr/lib/os-release. Links are not followed, because under another
    // root they could lead out of it.
    Result<UniqueFd> file = open_regular(AT_FDCWD, (root / "usr/lib/os-release").string());
    auto own = open_regular(AT_FDCWD, (root / "etc/os-release").string());
    if (own) file = std::move(own);
    if (!file) return file.error().within("os-release");
    const auto text = read_all(*file, max_file_size);
    if (!text) return text.error().within("os-release");
    return parse_os_release(*text);
}

Result<PackageFamily> package_family(const OsRelease& release) {
    // Amazon Linux has ID_LIKE=fedora, but no dnf before 2023.
    const bool too_old = release.is("amzn") && release.version == "2";
    std::vector<std::string> names{release.id};
    names.insert(names.end(), release.like.begin(), release.like.end());
    for (const std::string& name : names) {
        const auto family = value_named(name, families);
        if (family && !too_old) return *family;
    }
    return Error(ErrorKind::invalid_input,
                 "the engine cannot be installed on " + release.name +
                     ": none of apt, dnf, tdnf and zypper is its package manager; install Docker by its own "
                     "means and set \"docker\": {\"install\": \"none\"}");
}

}  // namespace dockerext::packages
