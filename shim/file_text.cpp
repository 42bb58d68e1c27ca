#include "shim/file_text.hpp"

#include "base/regular_file.hpp"

#include <fcntl.h>

namespace dockerext::shim {

Result<std::string> file_text(const std::filesystem::path& path, std::size_t limit) {
    const auto file = open_regular(AT_FDCWD, path.string());
    if (!file) return file.error();
    return read_all(*file, limit);
}

}  // namespace dockerext::shim
