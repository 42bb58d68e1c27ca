#pragma once

#include "base/error.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace dockerext::intake {

/// A file of variables.
struct EnvFile {
    std::string name, text;
};

/// A Compose file as an operator has it.
struct ComposeFile {
    std::string text;
    std::vector<EnvFile> env_files{};  ///< the .env beside it, or others; later ones override earlier ones
    std::map<std::string, std::string> environment{};  ///< further variables, which override those
    /// The folder that it is in. It names the project if nothing else does, as in Docker Compose; "":
    /// nothing.
    std::string folder{};
};

/// Public settings made from a Compose file.
struct ConvertedSettings {
    std::string settings;
    std::vector<std::string> warnings;
};

/// Settings that hold the file's text unchanged (compose/import.hpp). `root` is the daemon's; the project
/// folder in it is $PWD for the .env.
Result<ConvertedSettings> wrap_compose_file(const ComposeFile& file, const std::filesystem::path& root);

/// Settings that hold the file's content as JSON.
Result<ConvertedSettings> import_settings(const ComposeFile& file, const std::filesystem::path& root);

}  // namespace dockerext::intake
