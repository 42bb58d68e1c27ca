#include "apply/context_plan.hpp"

#include "base/named_file.hpp"
#include "base/regular_file.hpp"
#include "base/sha256.hpp"

#include <filesystem>

namespace dockerext::apply {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_file = std::size_t{1} << 20;
constexpr const char* ignore_name = ".dockerignore";

bool is_inside(const fs::path& relative) {
    return !relative.empty() && relative.is_relative() && *relative.begin() != "..";
}

/// The files of a build: relative to its folder, which they cannot leave, or elsewhere by an absolute path.
class Files {
public:
    Files(const UniqueFd& root, const std::string& folder) : root_(root), folder_(folder) {}

    Result<std::string> read(const fs::path& path) const {
        const fs::path relative = in_folder(path);
        const auto file =
            is_inside(relative) ? open_beneath(root_.get(), relative) : open_named_file(folder_ / path);
        if (!file) return file.error().within(path.string());
        auto text = read_all(*file, largest_file);
        if (!text) return text.error().within(path.string());
        return text;
    }

    Result<std::string> read_if_exists(const fs::path& path) const {
        auto text = read(path);
        if (!text && text.error().kind() == ErrorKind::not_found) return std::string();
        return text;
    }

    /// The path relative to the folder.
    fs::path in_folder(const fs::path& path) const {
        return (folder_ / path).lexically_normal().lexically_relative(folder_.lexically_normal());
    }

private:
    const UniqueFd& root_;
    const fs::path folder_;
};

/// Adds the Dockerfile to the tar under a name that no other entry has, and that no COPY sees.
Result<> add_dockerfile(const Files& files, std::string content, ContextPlan& plan) {
    const auto ignored = files.read_if_exists(ignore_name);
    if (!ignored) return ignored.error();
    plan.dockerfile = ".dockerfile." + sha256_hex(content).substr(0, 20);
    const std::string rest = std::string("\n") + ignore_name + "\n" + plan.dockerfile + "\n";
    plan.extras.push_back({plan.dockerfile, std::move(content)});
    plan.extras.push_back({ignore_name, *ignored + rest});
    return {};
}

/// A symbolic link in the folder is left to the engine, which follows it within the context.
Result<> find_dockerfile(const Files& files, const fs::path& path, ContextPlan& plan) {
    plan.dockerfile = files.in_folder(path).string();
    const auto text = files.read(path);
    if (!text && text.error().kind() == ErrorKind::not_found) return text.error();
    plan.ignored.keep(ignore_name);
    plan.ignored.keep(plan.dockerfile);
    return {};
}

Result<> read_patterns(const Files& files, const std::string& dockerfile, ContextPlan& plan) {
    std::string name = dockerfile + ignore_name;
    auto text = files.read_if_exists(name);
    if (text && text->empty()) text = files.read_if_exists(name = ignore_name);
    if (!text) return text.error();
    auto patterns = IgnorePatterns::parse(*text);
    if (!patterns) return patterns.error().within(name);
    plan.ignored = std::move(*patterns);
    return {};
}

}  // namespace

Result<ContextPlan> plan_context(const UniqueFd& root, const model::Build::Folder& folder) {
    const Files files(root, folder.path);
    const auto* const own = std::get_if<model::Build::DockerfileText>(&folder.dockerfile);
    const auto* const path = std::get_if<model::Build::DockerfilePath>(&folder.dockerfile);
    const std::string named = path == nullptr || path->path.empty() ? "Dockerfile" : path->path;
    ContextPlan plan;
    if (auto read = read_patterns(files, named, plan); !read) return read.error();
    if (own == nullptr && is_inside(files.in_folder(named))) {
        if (auto found = find_dockerfile(files, named, plan); !found) return found.error();
        return plan;
    }
    auto content = own == nullptr ? files.read(named) : own->text;
    if (!content) return content.error();
    if (auto added = add_dockerfile(files, std::move(*content), plan); !added) return added.error();
    return plan;
}

}  // namespace dockerext::apply
