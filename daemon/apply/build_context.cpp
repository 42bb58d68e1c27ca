#include "apply/build_context.hpp"

#include "base/named_file.hpp"
#include "base/regular_file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <climits>

namespace dockerext::apply {
namespace {

constexpr std::size_t piece_size = 256U << 10;

TarEntry entry_of(const std::string& path, const struct stat& facts) {
    return {
        .path = path, .mode = facts.st_mode & 07777U, .modified = std::chrono::seconds(facts.st_mtim.tv_sec)};
}

}  // namespace

Result<std::unique_ptr<BuildContext>> BuildContext::open(const model::Build::Folder& folder) {
    std::string doing = "build context '" + folder.path + "'";
    auto root = open_named_folder(folder.path);
    if (!root) return root.error().within(doing);
    auto plan = plan_context(*root, folder);
    if (!plan) return plan.error().within(doing);
    return std::unique_ptr<BuildContext>(
        new BuildContext(std::move(doing), std::move(*plan), std::move(*root)));
}

Result<std::string> BuildContext::next(const std::stop_token& stop) {
    while (!ended_ && tar_.size() < piece_size) {
        if (stop.stop_requested()) return Error(ErrorKind::cancelled, doing_);
        if (const Result<> done = advance(); !done) return done.error().within(doing_);
    }
    return tar_.take();
}

Result<> BuildContext::advance() {
    if (file_) return add_bytes();
    if (!walk_ended_) return add_next_entry();
    if (next_extra_ < plan_.extras.size()) {
        add_extra();
    } else {
        ended_ = true;
        tar_.end();
    }
    return {};
}

/// Like moby's archive: enters an ignored folder only if an exception may apply in it.
Result<> BuildContext::add_next_entry() {
    const auto entry = walk_.next();
    if (!entry) return entry.error();
    walk_ended_ = !*entry;
    if (walk_ended_) return {};
    const std::string& path = (*entry)->path;
    const auto replaces = [&](const ContextPlan::Extra& extra) { return extra.name == path; };
    if (std::any_of(plan_.extras.begin(), plan_.extras.end(), replaces)) return {};
    const bool ignored = plan_.ignored.ignores(path);
    if (!ignored) {
        if (auto added = add(**entry); !added) return added.error().within(path);
    }
    if (!S_ISDIR((*entry)->facts.st_mode) || (ignored && !plan_.ignored.can_contain_exception(path)))
        return {};
    return walk_.enter(**entry);
}

/// Omits sockets, devices and other special files.
Result<> BuildContext::add(const TreeWalk::Entry& entry) {
    if (S_ISREG(entry.facts.st_mode)) return add_file(entry);
    if (S_ISLNK(entry.facts.st_mode)) return add_link(entry);
    if (S_ISDIR(entry.facts.st_mode)) {
        TarEntry folder = entry_of(entry.path + "/", entry.facts);
        folder.kind = TarEntry::Kind::folder;
        tar_.begin(folder);
    }
    return {};
}

/// Uses the size and mode of the opened file.
Result<> BuildContext::add_file(const TreeWalk::Entry& entry) {
    auto file = open_regular(entry.folder, entry.name);
    if (!file) return file.error();
    struct stat facts {};
    if (::fstat(file->get(), &facts) != 0) return Error::from_errno(errno, "fstat");
    TarEntry header = entry_of(entry.path, facts);
    header.size = remaining_ = facts.st_size;
    tar_.begin(header);
    name_ = entry.path;
    if (remaining_ > 0) file_ = std::move(*file);
    return {};
}

Result<> BuildContext::add_link(const TreeWalk::Entry& entry) {
    std::array<char, PATH_MAX> target{};
    const ssize_t size = ::readlinkat(entry.folder, entry.name.c_str(), target.data(), target.size());
    if (size < 0) return Error::from_errno(errno, "read the link");
    TarEntry link = entry_of(entry.path, entry.facts);
    link.kind = TarEntry::Kind::link;
    link.target.assign(target.data(), static_cast<std::size_t>(size));
    tar_.begin(link);
    return {};
}

Result<> BuildContext::add_bytes() {
    std::string bytes(std::min(piece_size, static_cast<std::size_t>(remaining_)), '\0');
    const ssize_t count = ::read(file_.get(), bytes.data(), bytes.size());
    if (count < 0) return Error::from_errno(errno, name_);
    if (count == 0) return Error(ErrorKind::conflict, name_ + " became shorter while it was read");
    bytes.resize(static_cast<std::size_t>(count));
    remaining_ -= count;
    if (remaining_ == 0) file_.reset();
    tar_.append(bytes);
    return {};
}

void BuildContext::add_extra() {
    const ContextPlan::Extra& extra = plan_.extras[next_extra_++];
    tar_.begin({.path = extra.name, .size = static_cast<std::int64_t>(extra.content.size())});
    tar_.append(extra.content);
}

}  // namespace dockerext::apply
