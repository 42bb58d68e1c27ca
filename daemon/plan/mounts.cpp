#include "plan/mounts.hpp"

#include "model/normal_form.hpp"

#include <algorithm>

namespace dockerext::plan {

using namespace model;

const Mount* at(const std::vector<Mount>& mounts, std::string_view target) {
    const std::string path = normal::path(target);
    const auto found = std::find_if(mounts.begin(), mounts.end(),
                                    [&](const Mount& mount) { return normal::path(mount.target) == path; });
    return found == mounts.end() ? nullptr : &*found;
}

bool is_anonymous(const Mount& mount) {
    if (mount.type != Mount::Type::volume) return false;
    const std::string& name = mount.source;
    return name.empty() ||
           (name.size() == 64 && name.find_first_not_of("0123456789abcdef") == std::string::npos);
}

bool is_volume_of(const ObservedImage& image, std::string_view target) {
    return std::any_of(image.volumes.begin(), image.volumes.end(), [&](const std::string& volume) {
        return normal::path(volume) == normal::path(target);
    });
}

}  // namespace dockerext::plan
