#include "packages/public_file.hpp"

#include "base/atomic_file.hpp"

#include <sys/stat.h>

#include <system_error>

namespace dockerext::packages {
namespace {

namespace fs = std::filesystem;

Result<> make_folder(const fs::path& folder) {
    std::error_code code;
    if (fs::is_directory(folder, code)) return {};
    fs::create_directories(folder, code);
    if (!code) fs::permissions(folder, fs::perms(0755), code);
    if (code) return Error::from_code(code, folder.string());
    return {};
}

}  // namespace

Result<> write_public_file(const fs::path& path, std::string_view text) {
    constexpr mode_t for_all = 0644;
    if (const auto made = make_folder(path.parent_path()); !made) return made.error();
    return replace_file(path, text, for_all);
}

}  // namespace dockerext::packages
