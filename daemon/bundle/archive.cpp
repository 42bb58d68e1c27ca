#include "bundle/archive.hpp"

#include "apply/tar_archive.hpp"
#include "base/regular_file.hpp"
#include "base/release.hpp"
#include "base/unique_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <array>
#include <cerrno>
#include <memory>

namespace dockerext::bundle {
namespace {

/// Compresses what it is given into a file.
class CompressedFile {
public:
    explicit CompressedFile(const UniqueFd& file) : file_(file), context_(ZSTD_createCStream()) {}

    Result<> write(std::string_view bytes) { return compress(bytes, ZSTD_e_continue); }
    Result<> finish() { return compress({}, ZSTD_e_end); }
    std::uint64_t size() const noexcept { return size_; }

private:
    Result<> compress(std::string_view bytes, ZSTD_EndDirective how) {
        ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
        for (;;) {
            std::array<char, std::size_t{64} << 10> block{};
            ZSTD_outBuffer out{block.data(), block.size(), 0};
            const std::size_t left = ZSTD_compressStream2(context_.get(), &out, &in, how);
            if (ZSTD_isError(left) != 0) return Error(ErrorKind::internal, ZSTD_getErrorName(left));
            if (auto written = write_all(file_, {block.data(), out.pos}); !written) return written;
            size_ += out.pos;
            const bool is_done = how == ZSTD_e_end ? left == 0 : in.pos == in.size;
            if (is_done) return {};
        }
    }

    const UniqueFd& file_;
    std::unique_ptr<ZSTD_CStream, Release<ZSTD_freeCStream>> context_;
    std::uint64_t size_ = 0;
};

Result<> write_files(CompressedFile& out, const Files& files, WallTime now) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
    apply::TarArchive tar;
    for (const auto& [name, content] : files) {
        tar.begin({.path = name,
                   .mode = 0600,
                   .size = static_cast<std::int64_t>(content.size()),
                   .modified = seconds});
        tar.append(content);
        if (auto written = out.write(tar.take()); !written) return written;
    }
    tar.end();
    if (auto written = out.write(tar.take()); !written) return written;
    return out.finish();
}

}  // namespace

Result<std::uint64_t> write_archive(const std::filesystem::path& path, const Files& files, WallTime now) {
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file && errno == EEXIST)
        return Error(ErrorKind::conflict, path.native() + " exists already; nothing is overwritten");
    if (!file) return Error::from_errno(errno, "create " + path.native());
    CompressedFile out(file);
    auto written = write_files(out, files, now);
    if (written && ::fsync(file.get()) != 0) written = Error::from_errno(errno, "fsync");
    if (written) return out.size();
    (void)::unlink(path.c_str());
    return written.error().within("write " + path.native());
}

}  // namespace dockerext::bundle
