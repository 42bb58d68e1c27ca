#pragma once

#include "base/error.hpp"
#include "model/settings.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace dockerext::state {

/// The last accepted settings on disk: 0600, with a checksum inside, the copy before kept as
/// settings.json.previous.
class SettingsStore {
public:
    explicit SettingsStore(const std::filesystem::path& folder);

    struct Loaded {
        std::optional<model::Envelope> envelope;  ///< none: nothing was ever accepted, or nothing is readable
        std::string warning;                      ///< "" or what was wrong, and what was taken instead
        bool damaged = false;                     ///< a file is there and neither it nor its copy can be read
    };
    /// Never fails: a broken file gives the previous copy and a warning.
    Loaded load() const;

    /// The settings accepted before those; none when there were none or they cannot be read.
    std::optional<model::Envelope> previous() const;

    Result<> save(const model::Envelope& envelope);
    /// Forgets the settings and their copy (`down`).
    Result<> clear();

    const std::filesystem::path& file() const noexcept { return file_; }

private:
    std::filesystem::path file_;
    std::filesystem::path previous_;
};

}  // namespace dockerext::state
