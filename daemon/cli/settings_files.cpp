#include "cli/settings_files.hpp"

#include "base/unique_fd.hpp"

#include <fcntl.h>

#include <cerrno>
#include <filesystem>
#include <istream>
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

Result<std::string> read_public(const std::string& name, const Context& context) {
    auto text = read_text(name, context.console.in);
    if (!text || !context.services.is_compose_file(*text)) return text;
    const auto file = with_variables(name, std::move(*text));
    if (!file) return file.error();
    return converted_settings(context.services.wrap_compose_file(*file, context.root), name, context);
}

}  // namespace

Result<std::string> read_text(const std::string& name, std::istream& in) {
    return name == "-" ? Result<std::string>(read_stream(in)) : read_file(name);
}

/// As in Docker Compose, a folder named ".env" counts as no file.
Result<intake::ComposeFile> with_variables(const std::string& name, std::string text) {
    intake::ComposeFile file{std::move(text), ""};
    if (name == "-") return file;
    const std::filesystem::path beside = std::filesystem::path(name).parent_path() / ".env";
    std::error_code ignored;
    if (std::filesystem::is_directory(beside, ignored)) return file;
    auto variables = read_file(beside.string());
    if (variables) file.variables = std::move(*variables);
    else if (variables.error().kind() != ErrorKind::not_found) return variables.error();
    return file;
}

Result<std::string> converted_settings(Result<intake::ConvertedSettings> made, const std::string& name,
                                       const Context& context) {
    if (!made) return Error(made.error().kind(), name + ": " + made.error().message());
    for (const std::string& warning : made->warnings)
        context.console.err << "warning: " << printable(warning) << "\n";
    return std::move(made->settings);
}

Result<model::Envelope> read_settings(const std::string& settings_file, const std::string& protected_file,
                                      const Context& context) {
    if (settings_file == "-" && protected_file == "-") {
        return Error(ErrorKind::invalid_input, "only one of the two files can be the standard input");
    }
    model::Envelope envelope;
    auto settings = read_public(settings_file, context);
    if (!settings) return settings.error();
    envelope.public_settings = std::move(*settings);
    if (protected_file.empty()) return envelope;
    auto secrets = read_text(protected_file, context.console.in);
    if (!secrets) return secrets.error();
    envelope.protected_settings = Secret(std::move(*secrets));
    return envelope;
}

std::variant<model::Envelope, Exit> checked_settings(const std::string& settings_file,
                                                     const std::string& protected_file,
                                                     const Context& context) {
    auto envelope = read_settings(settings_file, protected_file, context);
    if (!envelope) return report_error(context, Exit::usage, envelope.error().message());
    const auto [problems, warnings] = context.services.validate(*envelope, context.root);
    for (const std::string& warning : warnings)
        context.console.err << "warning: " << printable(warning) << "\n";
    if (problems.empty()) return std::move(*envelope);
    show_problems(context, problems);
    return Exit::usage;
}

}  // namespace dockerext::cli
