#include "apply/injected_files.hpp"

#include "apply/tar_archive.hpp"

namespace dockerext::apply {

std::string tar_of(const std::vector<model::InjectedFile>& files) {
    TarArchive tar;
    for (const model::InjectedFile& file : files) {
        const std::string_view content = file.content.reveal();
        std::string_view path = file.path;
        while (path.starts_with('/')) path.remove_prefix(1);
        tar.begin({.path = std::string(path),
                   .mode = file.mode,
                   .uid = file.uid,
                   .gid = file.gid,
                   .size = static_cast<std::int64_t>(content.size())});
        tar.append(content);
    }
    tar.end();
    return tar.take();
}

}  // namespace dockerext::apply
