#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace dockerext::apply {

struct TarEntry {
    enum class Kind : char { file = '0', link = '2', folder = '5' };
    std::string path;  ///< relative
    Kind kind = Kind::file;
    std::uint32_t mode = 0644;
    std::int64_t uid = 0, gid = 0;
    std::int64_t size = 0;  ///< of a file
    std::string target;     ///< of a link
    std::chrono::seconds modified{0};
};

/// Builds a tar piece by piece, in the GNU format, which supports names and numbers of any length.
class TarArchive {
public:
    /// Starts an entry; for a file, exactly `size` bytes must follow.
    void begin(const TarEntry& entry);
    void append(std::string_view bytes);
    void end();

    /// The bytes written since the last call.
    std::string take() { return std::exchange(written_, {}); }
    std::size_t size() const noexcept { return written_.size(); }  ///< of what `take` would return

private:
    void fill_block();

    std::string written_;
    std::size_t in_block_ = 0;  ///< bytes of the present file after its last whole block
};

}  // namespace dockerext::apply
