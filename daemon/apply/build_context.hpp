#pragma once

#include "apply/context_plan.hpp"
#include "apply/tar_archive.hpp"
#include "apply/tree_walk.hpp"
#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "model/desired.hpp"

#include <memory>
#include <stop_token>
#include <string>

namespace dockerext::apply {

/// Packs a build's folder as a tar, piece by piece, with the same content that the docker CLI sends: owned by
/// root, without what .dockerignore excludes, symbolic links as links. It reads through descriptors, so that
/// a user who may write to the folder cannot make it read files outside. Opening and reading block for as
/// long as the disk takes.
class BuildContext {
public:
    /// Fails if the folder or the Dockerfile cannot be read, or the .dockerignore is malformed.
    static Result<std::unique_ptr<BuildContext>> open(const model::Build::Folder& folder);

    /// The Dockerfile's name in the tar.
    const std::string& dockerfile() const noexcept { return plan_.dockerfile; }

    /// The next piece of the tar; "" at its end. Returns `cancelled` soon after a stop request.
    Result<std::string> next(const std::stop_token& stop = {});

private:
    BuildContext(std::string doing, ContextPlan plan, UniqueFd root)
        : doing_(std::move(doing)), plan_(std::move(plan)), walk_(std::move(root)) {}
    Result<> advance();
    Result<> add_next_entry();
    Result<> add(const TreeWalk::Entry& entry);
    Result<> add_file(const TreeWalk::Entry& entry);
    Result<> add_link(const TreeWalk::Entry& entry);
    Result<> add_bytes();
    void add_extra();

    std::string doing_;  ///< for errors
    ContextPlan plan_;
    TreeWalk walk_;
    TarArchive tar_;
    UniqueFd file_;               ///< the file that is being sent
    std::string name_;            ///< its name in the tar
    std::int64_t remaining_ = 0;  ///< its bytes that are not sent yet
    std::size_t next_extra_ = 0;
    bool walk_ended_ = false, ended_ = false;
};

}  // namespace dockerext::apply
