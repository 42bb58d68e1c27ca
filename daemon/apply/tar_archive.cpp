#include "apply/tar_archive.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <memory>

namespace dockerext::apply {
namespace {

struct FreeEntry {
    void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

la_ssize_t keep(archive*, void* written, const void* bytes, std::size_t size) {
    static_cast<std::string*>(written)->append(static_cast<const char*>(bytes), size);
    return static_cast<la_ssize_t>(size);
}

unsigned file_type(TarEntry::Kind kind) {
    switch (kind) {
    case TarEntry::Kind::file: return AE_IFREG;
    case TarEntry::Kind::folder: return AE_IFDIR;
    case TarEntry::Kind::link: return AE_IFLNK;
    }
    return AE_IFREG;
}

}  // namespace

/// GNU's format takes names as the bytes they are, of any length.
TarArchive::TarArchive() : archive_(archive_write_new()) {
    archive_write_set_format_gnutar(archive_);
    archive_write_set_bytes_per_block(archive_, 0);
    archive_write_open(archive_, &written_, nullptr, keep, nullptr);
}

TarArchive::~TarArchive() {
    archive_write_fail(archive_);  // or what was begun and not ended would be complained of
    archive_write_free(archive_);
}

Result<> TarArchive::begin(const TarEntry& entry) {
    const std::unique_ptr<archive_entry, FreeEntry> header(archive_entry_new());
    archive_entry_set_pathname(header.get(), entry.path.c_str());
    archive_entry_set_filetype(header.get(), file_type(entry.kind));
    archive_entry_set_perm(header.get(), entry.mode);
    archive_entry_set_uid(header.get(), entry.uid);
    archive_entry_set_gid(header.get(), entry.gid);
    archive_entry_set_mtime(header.get(), entry.modified.count(), 0);
    if (entry.kind == TarEntry::Kind::link) archive_entry_set_symlink(header.get(), entry.target.c_str());
    archive_entry_set_size(header.get(), entry.kind == TarEntry::Kind::file ? entry.size : 0);
    if (archive_write_header(archive_, header.get()) != ARCHIVE_OK) return error();
    return {};
}

Result<> TarArchive::append(std::string_view bytes) {
    if (archive_write_data(archive_, bytes.data(), bytes.size()) < 0) return error();
    return {};
}

Result<> TarArchive::end() {
    if (archive_write_close(archive_) != ARCHIVE_OK) return error();
    return {};
}

Error TarArchive::error() const {
    const char* text = archive_error_string(archive_);
    return {ErrorKind::internal, std::string("make a tar: ") + (text ? text : "unknown error")};
}

}  // namespace dockerext::apply
