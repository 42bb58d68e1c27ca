#pragma once

#include "base/error.hpp"
#include "base/problem.hpp"
#include "model/settings.hpp"
#include "state/sealed_file.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

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

    /// Keeps them; a rejection of earlier ones is history then.
    Result<> save(const model::Envelope& envelope);
    /// Forgets the settings and their copy (`down`).
    Result<> clear();

    /// Settings newer than the stored ones that were not taken; to be told after a restart, too.
    struct Rejection {
        std::int64_t sequence = 0;
        std::optional<model::SettingsSource> source;
        std::vector<Problem> problems;
        bool operator==(const Rejection&) const = default;
    };
    Result<> note(const Rejection& rejection);
    std::optional<Rejection> rejection() const;

    const std::filesystem::path& file() const noexcept { return file_.file(); }

private:
    SealedFile file_;
    std::filesystem::path rejection_;
};

}  // namespace dockerext::state
