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

/// A build's folder as a tar, piece by piece, as the docker program sends it: owned by root, without what its
/// .dockerignore names, links as links. It is read through descriptors, so that nobody who may write it can
/// lead us out of it. Opening and reading block for as long as the disk takes.
class BuildContext {
public:
    /// Fails when the folder or the Dockerfile cannot be read, or its .dockerignore not be understood.
    static Result<std::unique_ptr<BuildContext>> open(const model::Build& build);

    /// The Dockerfile's name in the tar.
    const std::string& dockerfile() const noexcept { return plan_.dockerfile; }

    /// The next piece of the tar; "" at its end. `cancelled` soon after it is asked to stop.
    Result<std::string> next(const std::stop_token& stop = {});

private:
    BuildContext(std::string doing, ContextPlan plan, UniqueFd root)
        : doing_(std::move(doing)), plan_(std::move(plan)), walk_(std::move(root)) {}
    Result<> go_on();
    Result<> take_entry();
    Result<> add(const TreeWalk::Entry& entry);
    Result<> add_file(const TreeWalk::Entry& entry);
    Result<> add_link(const TreeWalk::Entry& entry);
    Result<> add_bytes();
    void add_extra();

    std::string doing_;  ///< for errors
    ContextPlan plan_;
    TreeWalk walk_;
    TarArchive tar_;
    UniqueFd file_;             ///< being sent
    std::string name_;          ///< its
    std::int64_t missing_ = 0;  ///< bytes of it
    std::size_t next_extra_ = 0;
    bool walked_ = false, ended_ = false;
};

}  // namespace dockerext::apply
