#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <sys/stat.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::apply {

/// Goes through a folder and what is in it, by name. Each folder is opened relative to the one it is in and
/// no link is followed, so that nothing outside is reached, whatever is renamed or swapped meanwhile.
class TreeWalk {
public:
    /// What stood there; valid until the next call. Read it through `folder`, not by its path.
    struct Entry {
        int folder = -1;   ///< the folder it is in
        std::string name;  ///< there
        std::string path;  ///< relative to the whole
        struct stat facts {};
    };

    /// No more than `most_names` are held at once: those of a folder and of the folders that it is in.
    explicit TreeWalk(UniqueFd root, std::size_t most_names = 500'000)
        : root_(std::move(root)), most_names_(most_names) {}

    /// A folder comes before what is in it; none at the end.
    Result<std::optional<Entry>> next();

    /// Goes into the folder that `next` gave last.
    Result<> enter(const Entry& folder);

private:
    struct Level {
        UniqueFd folder;
        std::string prefix;  ///< of the paths in it
        std::vector<std::string> names;
        std::size_t next = 0;
    };
    Result<> add_level(UniqueFd folder, std::string prefix);

    UniqueFd root_;  ///< until the walk has begun
    std::size_t most_names_;
    std::vector<Level> levels_;
};

}  // namespace dockerext::apply
