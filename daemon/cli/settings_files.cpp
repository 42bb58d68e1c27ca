#include "cli/settings_files.hpp"

#include "base/unique_fd.hpp"

#include <fcntl.h>

#include <cerrno>
#include <istream>

namespace dockerext::cli {
namespace {

constexpr std::size_t most = (std::size_t{1} << 20) + 1;  ///< one more than a document may have

std::string read_stream(std::istream& in) {
    std::string text(most, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

/// Any kind of file, pipes too.
Result<std::string> read_file(const std::string& name) {
    const UniqueFd file(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return Error::from_errno(errno, "read '" + name + "'");
    std::string text(most, '\0');
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

}  // namespace

Result<std::string> read_text(const std::string& name, std::istream& in) {
    return name == "-" ? Result<std::string>(read_stream(in)) : read_file(name);
}

Result<model::Envelope> read_settings(const std::string& settings_file, const std::string& protected_file,
                                      const Services& services, std::istream& in) {
    if (settings_file == "-" && protected_file == "-") {
        return Error(ErrorKind::invalid_input, "only one of the two files can be the standard input");
    }
    model::Envelope envelope;
    const auto text = read_text(settings_file, in);
    if (!text) return text.error();
    auto settings = services.as_settings(*text);
    if (!settings) return Error(settings.error().kind(), settings_file + ": " + settings.error().message());
    envelope.public_settings = std::move(*settings);
    if (protected_file.empty()) return envelope;
    auto secrets = read_text(protected_file, in);
    if (!secrets) return secrets.error();
    envelope.protected_settings = Secret(std::move(*secrets));
    return envelope;
}

}  // namespace dockerext::cli
