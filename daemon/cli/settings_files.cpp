#include "cli/settings_files.hpp"

#include "base/unique_fd.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <istream>
#include <map>
#include <ostream>

namespace dockerext::cli {
namespace {

constexpr std::size_t read_limit = (std::size_t{1} << 20) + 1;  ///< one byte more than a document may have

std::string read_stream(std::istream& in) {
    std::string text(read_limit, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

/// Reads any kind of file, also a pipe.
Result<std::string> read_file(const std::string& name) {
    const UniqueFd file(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return Error::from_errno(errno, "read '" + name + "'");
    std::string text(read_limit, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return Error::from_errno(errno, "read '" + name + "'");
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    text.resize(size);
    return text;
}

bool has_compose_options(const SettingsFiles& files) {
    return !files.project_name.empty() || !files.env_files.empty() || !files.variables.empty();
}

Result<std::string> read_public(const SettingsFiles& files, const Context& context) {
    auto text = read_text(files.settings_file, context.console.in);
    if (!text) return text;
    if (!context.services.is_compose_file(*text)) {
        if (!has_compose_options(files)) return text;
        return Error(ErrorKind::invalid_input,
                     files.settings_file +
                         ": --project-name, --env-file and --env are for Compose files; settings "
                         "have \"compose-environment\"");
    }
    const auto file = compose_file(files, std::move(*text));
    if (!file) return file.error();
    return converted_settings(context.services.wrap_compose_file(*file, context.root), files.settings_file,
                              context);
}

/// The .env beside a Compose file; empty if there is none. As in Docker Compose, a folder named ".env" counts
/// as no file.
Result<std::vector<intake::EnvFile>> read_beside(const std::filesystem::path& folder) {
    const std::filesystem::path beside = folder / ".env";
    std::vector<intake::EnvFile> files;
    std::error_code ignored;
    if (std::filesystem::is_directory(beside, ignored)) return files;
    auto text = read_file(beside.string());
    if (text) files.push_back({"the .env beside it", std::move(*text)});
    else if (text.error().kind() != ErrorKind::not_found) return text.error();
    return files;
}

Result<std::vector<intake::EnvFile>> read_all_of(const std::vector<std::string>& names) {
    std::vector<intake::EnvFile> files;
    for (const std::string& name : names) {
        auto text = read_file(name);
        if (!text) return text.error();
        files.push_back({name, std::move(*text)});
    }
    return files;
}

Result<> set_variable(const std::string& given, std::map<std::string, std::string>& environment) {
    const std::size_t equals = given.find('=');
    const std::string name = given.substr(0, equals);
    if (name.empty()) return Error(ErrorKind::invalid_input, "--env: '" + given + "' has no name");
    if (equals != std::string::npos) {
        environment[name] = given.substr(equals + 1);
        return {};
    }
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr) return Error(ErrorKind::not_found, "--env: " + name + " is not set in this shell");
    environment[name] = value;
    return {};
}

}  // namespace

Result<std::string> read_text(const std::string& name, std::istream& in) {
    return name == "-" ? Result<std::string>(read_stream(in)) : read_file(name);
}

Result<intake::ComposeFile> compose_file(const SettingsFiles& files, std::string text) {
    intake::ComposeFile file{.text = std::move(text)};
    std::filesystem::path folder;
    if (files.settings_file != "-") {
        std::error_code failed;
        folder = std::filesystem::absolute(files.settings_file, failed).lexically_normal().parent_path();
        file.folder = folder.filename().string();
    }
    const bool has_own = files.env_files.empty() && !folder.empty();
    auto env_files = has_own ? read_beside(folder) : read_all_of(files.env_files);
    if (!env_files) return env_files.error();
    file.env_files = std::move(*env_files);
    for (const std::string& given : files.variables) {
        if (auto set = set_variable(given, file.environment); !set) return set.error();
    }
    if (!files.project_name.empty()) file.environment["COMPOSE_PROJECT_NAME"] = files.project_name;
    return file;
}

Result<std::string> converted_settings(Result<intake::ConvertedSettings> made, const std::string& name,
                                       const Context& context) {
    if (!made) return Error(made.error().kind(), name + ": " + made.error().message());
    for (const std::string& warning : made->warnings)
        context.console.err << "warning: " << printable(warning) << "\n";
    return std::move(made->settings);
}

Result<model::Envelope> read_settings(const SettingsFiles& files, const Context& context) {
    if (files.settings_file == "-" && files.protected_file == "-") {
        return Error(ErrorKind::invalid_input, "only one of the two files can be the standard input");
    }
    model::Envelope envelope;
    auto settings = read_public(files, context);
    if (!settings) return settings.error();
    envelope.public_settings = std::move(*settings);
    if (files.protected_file.empty()) return envelope;
    auto secrets = read_text(files.protected_file, context.console.in);
    if (!secrets) return secrets.error();
    envelope.protected_settings = Secret(std::move(*secrets));
    return envelope;
}

std::variant<model::Envelope, Exit> checked_settings(const SettingsFiles& files, const Context& context) {
    auto envelope = read_settings(files, context);
    if (!envelope) return report_error(context, Exit::usage, envelope.error().message());
    const auto [problems, warnings] = context.services.validate(*envelope, context.root);
    for (const std::string& warning : warnings)
        context.console.err << "warning: " << printable(warning) << "\n";
    if (problems.empty()) return std::move(*envelope);
    show_problems(context, problems);
    return Exit::usage;
}

/// The time in microseconds, so that settings submitted later get a higher sequence.
Result<std::int64_t> submit(model::Envelope envelope, const Context& context) {
    const auto now = context.now().time_since_epoch();
    envelope.sequence = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
    const auto spooled = context.services.spool(context.paths.spool, envelope);
    if (!spooled) return spooled.error();
    return envelope.sequence;
}

}  // namespace dockerext::cli
