#include "packages/signing_key.hpp"

#include "base/regular_file.hpp"
#include "packages/openpgp_key.hpp"
#include "packages/public_file.hpp"

#include <cstdlib>
#include <system_error>

namespace dockerext::packages {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
    const auto text = read_regular(path, longest_openpgp_key);
    return text ? *text : "";
}

/// The pinned key in a text, in the form to store.
Result<std::string> pinned(const std::string& text, const SigningKey& key) {
    auto read = read_openpgp_key(text);
    if (!read) return read.error();
    if (read->fingerprint == key.fingerprint) return std::move(read->armoured);
    return Error(ErrorKind::invalid_input,
                 "it has the fingerprint " + read->fingerprint + ", not " + key.fingerprint);
}

/// A temporary folder for one download; removed on destruction.
class FetchFolder {
public:
    explicit FetchFolder(const fs::path& parent) {
        std::error_code ignored;
        fs::create_directories(parent, ignored);
        std::string name = (parent / "key.XXXXXX").string();
        if (::mkdtemp(name.data()) != nullptr) path_ = name;
    }
    FetchFolder(const FetchFolder&) = delete;
    FetchFolder& operator=(const FetchFolder&) = delete;
    ~FetchFolder() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove_all(path_, ignored);
    }
    const fs::path& path() const noexcept { return path_; }

private:
    fs::path path_;
};

/// Whether a download reached the size limit of its command. Checks every file in the folder, because apt's
/// methods use other names for incomplete files.
bool reached_limit(const fs::path& folder) {
    std::error_code gone;
    for (fs::directory_iterator file(folder, gone), end; !gone && file != end; file.increment(gone)) {
        const auto size = file->file_size(gone);
        if (!gone && size >= longest_openpgp_key) return true;
    }
    return false;
}

Task<Result<std::string>> fetched_text(PackageRunner& runner, Command fetch) {
    const FetchFolder folder(runner.scratch());
    if (folder.path().empty())
        co_return Error(ErrorKind::unavailable,
                        "no folder in " + runner.scratch().string() + " to fetch the key to");
    const fs::path file = folder.path() / "key.asc";
    fetch.push_back(file.string());
    const PackageOutcome outcome = co_await runner.run(std::move(fetch));
    if (reached_limit(folder.path()))
        co_return Error(ErrorKind::invalid_input,
                        "fetch the packages' key: the server sent 64 KiB or more, which is not a key; check "
                        "the mirror, or use another one (docker.install.mirror)");
    if (outcome.error) co_return outcome.error->within("fetch the packages' key");
    co_return text_of(file);
}

}  // namespace

Task<Result<>> ensure_signing_key(PackageRunner& runner, SigningKey key) {
    const fs::path path_under_root = runner.under_root(key.path);
    const std::string current = text_of(path_under_root);
    auto kept = pinned(current, key);
    if (kept && *kept == current) co_return Result<>{};
    if (!kept) {
        const auto fetched = co_await fetched_text(runner, key.fetch);
        if (!fetched) co_return fetched.error();
        kept = pinned(*fetched, key);
    }
    if (!kept) co_return kept.error().within("the fetched key is not the expected signing key");
    co_return write_public_file(path_under_root, *kept);
}

}  // namespace dockerext::packages
