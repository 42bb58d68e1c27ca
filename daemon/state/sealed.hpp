#pragma once

#include "base/error.hpp"
#include "base/secret.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace dockerext::state {

/// Wraps JSON with a checksum that shows whether it was read back whole:
/// {"version":1,"sha256":"…","content":…}, on one line.
std::string seal(std::string_view content);

/// The content, a view into `text`. `invalid_input` if it is not whole, or of a newer version.
Result<std::string_view> unseal(std::string_view text);

/// The format's number, if only a newer version of this program can read it; else nullopt.
std::optional<unsigned> newer_format(std::string_view text);

/// Larger than any file that is written here, even the record of the machine's files (7 of at most 1 MiB, as
/// text within text).
inline constexpr std::size_t state_file_limit = std::size_t{16} << 20;

/// Reads a whole file. `not_found` if absent, `invalid_input` if larger than `limit` or not a regular file.
Result<Secret> read_file(const std::filesystem::path& path, std::size_t limit);

/// A file of sealed JSON, mode 0600, and its previous copy: "settings.json", "settings.json.previous".
class SealedFile {
public:
    SealedFile(const std::filesystem::path& file, std::size_t limit)
        : file_(file), previous_(file.native() + ".previous"), limit_(limit) {}

    // The text with its seal.
    Result<Secret> read() const { return read_file(file_, limit_); }
    Result<Secret> read_previous() const { return read_file(previous_, limit_); }

    /// Replaces the file, unless it already has this content. The old content becomes the previous copy if it
    /// is `readable`: a broken file must not replace the last good copy.
    Result<> save(const Secret& content, bool (*readable)(const Secret& text)) const;
    /// Removes both.
    Result<> remove() const;

    const std::filesystem::path& file() const noexcept { return file_; }
    const std::filesystem::path& previous() const noexcept { return previous_; }

private:
    std::filesystem::path file_, previous_;
    std::size_t limit_;
};

/// Names, for people, a file of the state folder that a newer version has written; nullopt if this version
/// can read all of them. An automatic upgrade may be rolled back (handler-contract §8); an older version then
/// finds state that it does not understand.
std::optional<std::string> newer_state(const std::filesystem::path& folder);

}  // namespace dockerext::state
