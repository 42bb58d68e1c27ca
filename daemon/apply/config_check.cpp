#include "apply/config_check.hpp"

#include "base/child_process.hpp"
#include "base/plain_text.hpp"
#include "base/regular_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace dockerext::apply {
namespace {

constexpr Duration limit = std::chrono::seconds(10);
constexpr std::size_t max_output_lines = 10, max_output_bytes = 2048;
constexpr std::size_t present_limit = std::size_t{1} << 20;

/// A temporary file that only root can read, removed with this object.
class TemporaryFile {
public:
    static Result<TemporaryFile> of(std::string_view text) {
        std::error_code none;
        const auto folder = std::filesystem::temp_directory_path(none);
        if (none) return Error::from_code(none, "find a folder for temporary files");
        std::string path = (folder / "daemon.json.XXXXXX").string();
        const UniqueFd file(::mkostemp(path.data(), O_CLOEXEC));
        if (!file) return Error::from_errno(errno, "make '" + path + "'");
        TemporaryFile copy(std::move(path));
        if (auto written = write_all(file, text); !written) return written.error().within(copy.path_);
        return copy;
    }
    TemporaryFile(TemporaryFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    TemporaryFile& operator=(TemporaryFile&&) = delete;
    ~TemporaryFile() {
        if (!path_.empty()) (void)::unlink(path_.c_str());
    }

    const std::string& path() const { return path_; }

private:
    explicit TemporaryFile(std::string path) : path_(std::move(path)) {}

    std::string path_;
};

bool writes(const model::ChangeEngine& change, std::string_view path) {
    return std::any_of(change.files.begin(), change.files.end(), [&](const model::FileChange& file) {
        return file.path == path && file.content.has_value();
    });
}

/// dockerd would look for certificates that are not in place yet.
bool writes_certificates(const model::ChangeEngine& change) {
    namespace paths = model::host_paths;
    return writes(change, paths::ca) || writes(change, paths::certificate) || writes(change, paths::key);
}

/// What dockerd will read; also a file that the daemon may not change, because dockerd may not have read it
/// yet.
std::optional<Secret> resulting_config(const HostAccess& host, const model::ChangeEngine& change) {
    if (change.effect == model::ChangeEngine::Effect::none || writes_certificates(change))
        return std::nullopt;
    constexpr std::string_view path = model::host_paths::daemon_json;
    const auto file = std::find_if(change.files.begin(), change.files.end(),
                                   [&](const model::FileChange& each) { return each.path == path; });
    if (file != change.files.end()) return file->content;
    auto present = read_regular(host.root / path.substr(1), present_limit);
    if (!present) return std::nullopt;
    return Secret(std::move(*present));
}

/// Replaces the name of the copy with the real name of the file.
std::string output_of(const ChildResult& checked, const std::string& copy, const Redactor& redact) {
    const std::string raw_output = plain_text(checked.out + checked.err);
    std::string output = last_lines(redact(raw_output), max_output_lines, max_output_bytes);
    for (auto at = output.find(copy); at != std::string::npos; at = output.find(copy, at))
        output.replace(at, copy.size(), model::host_paths::daemon_json);
    return output;
}

}  // namespace

Task<Result<>> check_config(HostAccess& host, const model::ChangeEngine& change) {
    auto config = resulting_config(host, change);
    if (!config) co_return Result<>{};
    auto checking = validate_daemon_json(std::move(*config), host.search_path, host.redact);
    const auto checked = co_await std::move(checking);
    if (checked || checked.error().kind() != ErrorKind::invalid_input) co_return checked;
    co_return Error(ErrorKind::invalid_input,
                    "dockerd rejects this configuration; nothing was changed: " + checked.error().message());
}

Task<Result<>> validate_daemon_json(Secret text, std::string search_path, Redactor redact) {
    const auto copy = TemporaryFile::of(text.reveal());
    if (!copy) co_return copy.error().within("check daemon.json");
    Command command{"dockerd", "--validate", "--config-file=" + copy->path()};
    ChildOptions options;
    options.limit = limit;
    options.search_path = std::move(search_path);
    const auto checked = co_await run_child(std::move(command), std::move(options));
    if (!checked && checked.error().kind() == ErrorKind::cancelled) co_return checked.error();
    if (!checked || checked->succeeded() || checked->signal != 0) co_return Result<>{};
    const std::string output = output_of(*checked, copy->path(), redact);
    const bool supports_validate = !redact.contains_phrase(output, "unknown flag");
    if (!supports_validate || output.empty()) co_return Result<>{};
    co_return Error(ErrorKind::invalid_input, output);
}

}  // namespace dockerext::apply
