#include "apply/tar_archive.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <memory>

namespace dockerext::apply {
namespace {

struct FreeArchive {
    void operator()(archive* tar) const { archive_write_free(tar); }
};
struct FreeEntry {
    void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};
using Archive = std::unique_ptr<archive, FreeArchive>;
using Entry = std::unique_ptr<archive_entry, FreeEntry>;

la_ssize_t append(archive*, void* out, const void* bytes, std::size_t size) {
    static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), size);
    return static_cast<la_ssize_t>(size);
}

Error error_of(archive* tar) {
    const char* text = archive_error_string(tar);
    return {ErrorKind::internal, std::string("make a tar: ") + (text ? text : "unknown error")};
}

Result<> add(archive* tar, const model::InjectedFile& file) {
    const Entry entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), file.path.c_str() + file.path.find_first_not_of('/'));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), file.mode);
    archive_entry_set_uid(entry.get(), file.uid);
    archive_entry_set_gid(entry.get(), file.gid);
    const std::string_view content = file.content.reveal();
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
    if (archive_write_header(tar, entry.get()) != ARCHIVE_OK) return error_of(tar);
    if (archive_write_data(tar, content.data(), content.size()) < 0) return error_of(tar);
    return {};
}

}  // namespace

Result<std::string> tar_of(const std::vector<model::InjectedFile>& files) {
    std::string out;
    const Archive tar(archive_write_new());
    archive_write_set_format_ustar(tar.get());
    if (archive_write_open(tar.get(), &out, nullptr, append, nullptr) != ARCHIVE_OK)
        return error_of(tar.get());
    for (const model::InjectedFile& file : files) {
        if (auto added = add(tar.get(), file); !added) return added.error();
    }
    if (archive_write_close(tar.get()) != ARCHIVE_OK) return error_of(tar.get());
    return out;
}

}  // namespace dockerext::apply
