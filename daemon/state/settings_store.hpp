#pragma once

#include "base/error.hpp"
#include "base/problem.hpp"
#include "model/settings.hpp"
#include "state/sealed.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::state {

/// The last accepted settings on disk: mode 0600, with a checksum, the previous copy in
/// settings.json.previous.
class SettingsStore {
public:
    explicit SettingsStore(const std::filesystem::path& folder);

    struct Loaded {
        std::optional<model::Envelope> envelope;  ///< nullopt: nothing accepted or nothing readable
        std::string warning;                      ///< "", or what was wrong and what was used instead
        bool damaged = false;                     ///< a file exists, but neither it nor its copy can be read
    };
    /// Never fails: if the file is broken, returns the previous copy and a warning.
    Loaded load() const;

    /// The settings accepted before the current ones; nullopt if there were none or they cannot be read.
    std::optional<model::Envelope> previous() const;

    /// Stores accepted settings; removes the note of an earlier rejection.
    Result<> save(const model::Envelope& envelope);
    /// Removes the settings and their copy (`down`).
    Result<> clear();

    /// Settings that are newer than the stored ones and were rejected; reported after a restart, too.
    struct Rejection {
        std::int64_t sequence = 0;
        std::optional<model::SettingsSource> source;
        std::vector<Problem> problems;
        bool operator==(const Rejection&) const = default;
    };
    Result<> save_rejection(const Rejection& rejection);
    std::optional<Rejection> rejection() const;

    const std::filesystem::path& file() const noexcept { return file_.file(); }

private:
    SealedFile file_;
    std::filesystem::path rejection_;
};

}  // namespace dockerext::state
