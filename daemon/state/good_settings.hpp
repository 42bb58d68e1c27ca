#pragma once

#include "base/error.hpp"
#include "model/container_spec.hpp"
#include "model/settings.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace dockerext::state {

/// Settings with which everything ran as they ask.
struct GoodSettings {
    unsigned number = 0;  ///< counts up, and is never used again
    model::WallTime at;   ///< when everything ran first
    model::SettingsSource source = model::SettingsSource::by_operator;
    std::int64_t sequence = 0;  ///< of the envelope
    std::string fingerprint;    ///< of the documents
    /// The image of each reference at that time.
    std::map<model::ImageRef, model::ImageId> images;
    bool operator==(const GoodSettings&) const = default;
};

/// The ten newest of them, in the folder good/: "settings-7.json" is the envelope, sealed and of mode 0600
/// like settings.json; "7.json" is what is above, and is written last.
class GoodSettingsStore {
public:
    explicit GoodSettingsStore(const std::filesystem::path& folder) : folder_(folder / "good") {}

    /// The newest first. Entries that cannot be read are left out.
    std::vector<GoodSettings> list() const;
    Result<model::Envelope> envelope_of(const GoodSettings& good) const;
    /// Adds it under the next number; if the newest is of the same documents, replaces its images only.
    Result<> add(GoodSettings good, const model::Envelope& envelope) const;
    /// Removes all of them, readable or not.
    Result<> clear() const;

private:
    Result<> write(const GoodSettings& good) const;
    Result<> remove(unsigned number) const;

    std::filesystem::path folder_;
};

}  // namespace dockerext::state
