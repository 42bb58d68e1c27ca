#include "apply/tree_walk.hpp"

#include "base/folder.hpp"

#include <fcntl.h>

#include <cerrno>
#include <numeric>

namespace dockerext::apply {
namespace {

constexpr std::size_t max_depth = 200;  ///< nested folders: each needs a descriptor

}  // namespace

Result<> TreeWalk::add_level(UniqueFd folder, std::string prefix) {
    if (levels_.size() == max_depth)
        return Error(ErrorKind::invalid_input, "more than " + std::to_string(max_depth) + " folders deep");
    auto names = names_in(folder, max_names_);
    if (!names) return names.error();
    const auto add = [](std::size_t sum, const Level& level) { return sum + level.names.size(); };
    if (std::accumulate(levels_.begin(), levels_.end(), names->size(), add) > max_names_)
        return Error(ErrorKind::invalid_input, "more than " + std::to_string(max_names_) +
                                                   " names in it and the folders that it is in");
    levels_.push_back({std::move(folder), std::move(prefix), std::move(*names)});
    return {};
}

/// Skips entries that were removed after their folder was read.
Result<std::optional<TreeWalk::Entry>> TreeWalk::next() {
    if (root_) {
        if (auto begun = add_level(std::move(root_), ""); !begun) return begun.error();
    }
    while (!levels_.empty()) {
        Level& level = levels_.back();
        if (level.next == level.names.size()) {
            levels_.pop_back();
            continue;
        }
        std::string& name = level.names[level.next++];
        Entry entry{.folder = level.folder.get(), .name = std::move(name)};
        entry.path = level.prefix + entry.name;
        if (::fstatat(entry.folder, entry.name.c_str(), &entry.facts, AT_SYMLINK_NOFOLLOW) == 0)
            return std::optional(std::move(entry));
        if (errno != ENOENT) return Error::from_errno(errno, entry.path);
    }
    return std::optional<Entry>();
}

Result<> TreeWalk::enter(const Entry& folder) {
    auto opened = open_folder_in(folder.folder, folder.name);
    if (!opened) return opened.error().within(folder.path);
    auto added = add_level(std::move(*opened), folder.path + "/");
    if (!added) return added.error().within(folder.path);
    return {};
}

}  // namespace dockerext::apply
