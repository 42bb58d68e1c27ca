#pragma once

#include "apply/tar_archive.hpp"
#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "model/desired.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace dockerext::apply {

/// A build's folder as a tar, piece by piece, as the docker program sends it: owned by root, without what its
/// .dockerignore names.
class BuildContext {
public:
    /// Looks through the folder. Fails when it, or the Dockerfile, cannot be read.
    static Result<std::unique_ptr<BuildContext>> open(const model::Build& build);

    /// The Dockerfile's name in the tar.
    const std::string& dockerfile() const noexcept { return dockerfile_; }

    /// The next piece of the tar; "" at its end. Blocks for as long as it takes to read a few hundred KiB.
    Result<std::string> next();

private:
    /// A file that is not in the folder as it is sent.
    struct Extra {
        std::string name, content;
    };

    explicit BuildContext(std::filesystem::path folder) : folder_(std::move(folder)) {}
    Result<> choose_dockerfile(const model::Build& build);
    Result<> bring_dockerfile(std::string content);
    Result<> look_through();
    Result<> add_next();
    Result<> add(const std::string& name);
    Result<> add_file(const TarEntry& entry);
    void add_extra(const Extra& extra);
    Result<> go_on();

    std::filesystem::path folder_;
    std::string dockerfile_;
    std::string ignore_file_;  ///< the text that says what stays out
    std::vector<std::string> names_;
    std::vector<Extra> extras_;
    TarArchive tar_;
    std::size_t next_name_ = 0, next_extra_ = 0;
    UniqueFd file_;             ///< being sent
    std::int64_t missing_ = 0;  ///< bytes of it
    bool ended_ = false;
};

}  // namespace dockerext::apply
