#include "apply/build_context.hpp"

#include "apply/ignore_patterns.hpp"
#include "base/regular_file.hpp"
#include "base/sha256.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

namespace dockerext::apply {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_dockerfile = std::size_t{1} << 20;
constexpr std::size_t piece_size = 256U << 10;
constexpr const char* ignore_name = ".dockerignore";

/// "" when there is no such file.
Result<std::string> read_if_there(const fs::path& path) {
    const auto file = open_regular(AT_FDCWD, path.string());
    if (!file && file.error().kind() == ErrorKind::not_found) return std::string();
    if (!file) return file.error().within(path.string());
    auto text = read_all(*file, largest_dockerfile);
    if (!text) return text.error().within(path.string());
    return text;
}

bool is_inside(const fs::path& relative) {
    return !relative.empty() && relative.is_relative() && *relative.begin() != "..";
}

Error errno_at(const fs::path& path) { return Error::from_errno(errno, path.string()); }

}  // namespace

Result<std::unique_ptr<BuildContext>> BuildContext::open(const model::Build& build) {
    std::unique_ptr<BuildContext> context(new BuildContext(build.folder));
    if (auto chosen = context->choose_dockerfile(build); !chosen)
        return chosen.error().within("build context");
    if (auto looked = context->look_through(); !looked) return looked.error().within("build context");
    return context;
}

/// One that is not in the folder comes along under a name that no other has, and that no COPY sees.
Result<> BuildContext::choose_dockerfile(const model::Build& build) {
    const fs::path path = folder_ / (build.dockerfile.empty() ? "Dockerfile" : build.dockerfile);
    const fs::path relative = path.lexically_normal().lexically_relative(folder_.lexically_normal());
    auto own = read_if_there(path.string() + ignore_name);
    if (!own) return own.error();
    auto common = own->empty() ? read_if_there(folder_ / ignore_name) : std::move(own);
    if (!common) return common.error();
    ignore_file_ = std::move(*common);
    if (!build.dockerfile_inline.empty()) return bring_dockerfile(build.dockerfile_inline);
    if (is_inside(relative)) {
        dockerfile_ = relative.string();
        if (::access(path.c_str(), R_OK) != 0) return errno_at(path);
        return {};
    }
    const auto file = open_regular(AT_FDCWD, path.string());
    if (!file) return file.error().within(path.string());
    auto text = read_all(*file, largest_dockerfile);
    if (!text) return text.error().within(path.string());
    return bring_dockerfile(std::move(*text));
}

Result<> BuildContext::bring_dockerfile(std::string content) {
    dockerfile_ = ".dockerfile." + sha256_hex(content).substr(0, 20);
    auto ignored = read_if_there(folder_ / ignore_name);
    if (!ignored) return ignored.error();
    extras_.push_back({dockerfile_, std::move(content)});
    extras_.push_back({ignore_name, *ignored + "\n" + ignore_name + "\n" + dockerfile_ + "\n"});
    return {};
}

/// In an order that is the same each time; folders before what is in them.
Result<> BuildContext::look_through() {
    const IgnorePatterns patterns(ignore_file_);
    const bool replaced = !extras_.empty();
    std::error_code error;
    fs::recursive_directory_iterator entry(folder_, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        std::string name = entry->path().lexically_relative(folder_).string();
        const bool needed = name == dockerfile_ || (name == ignore_name && !replaced);
        if (name == ignore_name && replaced) continue;
        if (needed || !patterns.ignores(name)) names_.push_back(std::move(name));
        else if (!patterns.has_exceptions() && entry->is_directory() && !dockerfile_.starts_with(name + "/"))
            entry.disable_recursion_pending();
    }
    if (error) return Error::from_errno(error.value(), folder_.string());
    std::sort(names_.begin(), names_.end());
    return {};
}

Result<std::string> BuildContext::next() {
    while (!ended_ && tar_.size() < piece_size) {
        const Result<> done = file_ ? go_on() : add_next();
        if (!done) return done.error().within("build context");
    }
    return tar_.take();
}

Result<> BuildContext::add_next() {
    if (next_name_ < names_.size()) return add(names_[next_name_++]);
    if (next_extra_ < extras_.size()) {
        add_extra(extras_[next_extra_++]);
    } else {
        ended_ = true;
        tar_.end();
    }
    return {};
}

/// Sockets, devices and the like stay where they are.
Result<> BuildContext::add(const std::string& name) {
    const fs::path path = folder_ / name;
    struct stat facts {};
    if (::lstat(path.c_str(), &facts) != 0) return errno_at(path);
    TarEntry entry{.path = name,
                   .mode = facts.st_mode & 07777U,
                   .size = facts.st_size,
                   .modified = std::chrono::seconds(facts.st_mtim.tv_sec)};
    if (S_ISREG(facts.st_mode)) return add_file(entry);
    if (S_ISDIR(facts.st_mode)) {
        entry.kind = TarEntry::Kind::folder;
        entry.path += '/';
        entry.size = 0;
        tar_.begin(entry);
        return {};
    }
    if (!S_ISLNK(facts.st_mode)) return {};
    std::error_code error;
    entry.kind = TarEntry::Kind::link;
    entry.size = 0;
    entry.target = fs::read_symlink(path, error).string();
    if (error) return Error::from_errno(error.value(), path.string());
    tar_.begin(entry);
    return {};
}

Result<> BuildContext::add_file(const TarEntry& entry) {
    auto file = open_regular(AT_FDCWD, (folder_ / entry.path).string());
    if (!file) return file.error().within(entry.path);
    missing_ = entry.size;
    tar_.begin(entry);
    if (missing_ > 0) file_ = std::move(*file);
    return {};
}

void BuildContext::add_extra(const Extra& extra) {
    tar_.begin({.path = extra.name, .size = static_cast<std::int64_t>(extra.content.size())});
    tar_.append(extra.content);
}

Result<> BuildContext::go_on() {
    std::string bytes(std::min(piece_size, static_cast<std::size_t>(missing_)), '\0');
    const ssize_t count = ::read(file_.get(), bytes.data(), bytes.size());
    const std::string& name = names_[next_name_ - 1];
    if (count < 0) return errno_at(folder_ / name);
    if (count == 0) return Error(ErrorKind::conflict, name + " became shorter while it was read");
    bytes.resize(static_cast<std::size_t>(count));
    missing_ -= count;
    if (missing_ == 0) file_.reset();
    tar_.append(bytes);
    return {};
}

}  // namespace dockerext::apply
