#include "compose/mount.hpp"

#include "base/split.hpp"
#include "compose/host_path.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace dockerext::compose {
namespace {

constexpr std::array<std::string_view, 6> propagations{"rprivate", "private", "rshared",
                                                       "shared",   "rslave",  "slave"};

bool is_letter(std::string_view text) {
    return text.size() == 1 && ((text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z'));
}

BindOptions& bind_of(Mount& mount) { return mount.bind ? *mount.bind : mount.bind.emplace(); }

void apply_option(std::string_view option, Mount& mount) {
    if (option == "ro") mount.read_only = true;
    else if (option == "rw") mount.read_only = false;
    else if (option == "nocopy") mount.volume.emplace().nocopy = true;
    else if (option == "z" || option == "Z") bind_of(mount).selinux = option;
    else if (std::find(propagations.begin(), propagations.end(), option) != propagations.end()) {
        bind_of(mount).propagation = option;
    }
}

/// A path becomes a bind mount, and is created if missing; anything else is a volume.
void set_type(Mount& mount) {
    constexpr std::string_view path_starts = "./~";
    const bool path =
        !mount.source.empty() && path_starts.find(mount.source.front()) != std::string_view::npos;
    mount.type = path ? "bind" : "volume";
    if (path) bind_of(mount).create_host_path = true;
    else if (!mount.volume) mount.volume.emplace();
}

Error invalid_mount(std::string_view text, std::string_view why) {
    return {ErrorKind::invalid_input, "invalid mount '" + std::string(text) + "': " + std::string(why)};
}

/// What Compose would misread or the engine would refuse; "" if nothing.
std::string_view mount_problem(const std::vector<std::string_view>& parts) {
    if (std::find(parts.begin(), parts.end(), "") != parts.end()) return "a part between colons is empty";
    if (parts.size() > 3) return "too many colons";
    const bool drive = parts.size() > 1 && is_letter(parts[0]);
    if (drive)
        return "a single letter before a colon is a Windows drive to Compose; give the volume a longer name";
    if (parts[0].starts_with("\\\\")) return "a Windows path cannot be mounted here";
    return "";
}

}  // namespace

Result<Mount> parse_mount(std::string_view text) {
    const auto parts = split(text, ':');
    if (const auto fault = mount_problem(parts); !fault.empty()) return invalid_mount(text, fault);
    Mount mount;
    if (text.size() <= 2) {  // too short for Compose to parse
        mount.type = "volume";
        mount.target = text;
        return mount;
    }
    mount.target = clean_path(parts.size() == 1 ? parts[0] : parts[1]);
    if (parts.size() > 1) mount.source = parts[0];
    if (parts.size() == 3) {
        for (const std::string_view option : split(parts[2], ',')) apply_option(option, mount);
    }
    set_type(mount);
    return mount;
}

}  // namespace dockerext::compose
