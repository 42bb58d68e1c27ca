#include "state/paths.hpp"

#include "state/folder.hpp"

#include <utility>

namespace dockerext::state {

Result<> make_folders(const Paths& paths) {
    const std::pair<std::filesystem::path, mode_t> folders[] = {
        {paths.state, 0700}, {paths.run, 0755}, {paths.spool, 0700}, {paths.project, 0755}};
    for (const auto& [path, mode] : folders) {
        if (auto made = open_folder(path, mode); !made) return made.error();
    }
    return {};
}

}  // namespace dockerext::state
