#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <sys/stat.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace dockerext::apply {

/// Walks through a folder and its content, sorted by name. It opens each folder relative to its parent and
/// follows no links, so it never leaves the tree, even if something is renamed or swapped meanwhile.
class TreeWalk {
public:
    /// What the walk found; valid until the next call. Read it through `folder`, not by its path.
    struct Entry {
        int folder = -1;   ///< the folder it is in
        std::string name;  ///< its name in that folder
        std::string path;  ///< relative to the root
        struct stat facts {};
    };

    /// Holds at most `max_names` names at the same time: those of a folder and of all its parents.
    explicit TreeWalk(UniqueFd root, std::size_t max_names = 500'000)
        : root_(std::move(root)), max_names_(max_names) {}

    /// The next entry; a folder comes before its content. None at the end.
    Result<std::optional<Entry>> next();

    /// Enters the folder that `next` returned last.
    Result<> enter(const Entry& folder);

private:
    struct Level {
        UniqueFd folder;
        std::string prefix;  ///< prefix of the paths in it
        std::vector<std::string> names;
        std::size_t next = 0;
    };
    Result<> add_level(UniqueFd folder, std::string prefix);

    UniqueFd root_;  ///< until the walk starts
    std::size_t max_names_;
    std::vector<Level> levels_;
};

}  // namespace dockerext::apply
