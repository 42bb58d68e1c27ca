#pragma once

#include "base/error.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

struct archive;

namespace dockerext::apply {

struct TarEntry {
    enum class Kind { file, folder, link };
    std::string path;  ///< relative
    Kind kind = Kind::file;
    std::uint32_t mode = 0644;
    std::int64_t uid = 0, gid = 0;
    std::int64_t size = 0;  ///< of a file
    std::string target;     ///< of a link
    std::chrono::seconds modified{0};
};

/// A tar as it grows. The only file that knows libarchive is tar_archive.cpp.
class TarArchive {
public:
    TarArchive();
    TarArchive(const TarArchive&) = delete;
    TarArchive& operator=(const TarArchive&) = delete;
    ~TarArchive();

    /// Begins an entry; of a file, exactly `size` bytes are to follow.
    Result<> begin(const TarEntry& entry);
    Result<> append(std::string_view bytes);
    Result<> end();

    /// What has been written since the last call.
    std::string take() { return std::exchange(written_, {}); }
    std::size_t size() const noexcept { return written_.size(); }  ///< of what `take` would give

private:
    Error error() const;

    archive* archive_;
    std::string written_;
};

}  // namespace dockerext::apply
