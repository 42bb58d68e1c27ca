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
constexpr std::size_t lines_told = 10, bytes_told = 2048;
constexpr std::size_t present_limit = std::size_t{1} << 20;

/// A temporary file that only root can read, removed with this object.
class Copy {
public:
    static Result<Copy> of(std::string_view text) {
        std::error_code none;
        const auto folder = std::filesystem::temp_directory_path(none);
        if (none) return Error::from_code(none, "find a folder for temporary files");
        std::string path = (folder / "daemon.json.XXXXXX").string();
        const UniqueFd file(::mkostemp(path.data(), O_CLOEXEC));
        if (!file) return Error::from_errno(errno, "make '" + path + "'");
        Copy copy(std::move(path));
        if (auto written = write_all(file, text); !written) return written.error().within(copy.path_);
        return copy;
    }
    Copy(Copy&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    Copy& operator=(Copy&&) = delete;
    ~Copy() {
        if (!path_.empty()) (void)::unlink(path_.c_str());
    }

    const std::string& path() const { return path_; }

private:
    explicit Copy(std::string path) : path_(std::move(path)) {}

    std::string path_;
};

bool brings(const model::ChangeEngine& change, std::string_view path) {
    return std::any_of(change.files.begin(), change.files.end(), [&](const model::FileChange& file) {
        return file.path == path && file.content.has_value();
    });
}

/// dockerd would look for certificates that are not in place yet.
bool brings_certificates(const model::ChangeEngine& change) {
    namespace paths = model::host_paths;
    return brings(change, paths::ca) || brings(change, paths::certificate) || brings(change, paths::key);
}

/// What dockerd will read; also a file that the daemon may not change, because dockerd may not have read it
/// yet.
std::optional<Secret> config_to_be(const HostAccess& host, const model::ChangeEngine& change) {
    if (change.effect == model::ChangeEngine::Effect::none || brings_certificates(change))
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
    const std::string said = plain_text(checked.out + checked.err);
    std::string words = last_lines(redact(said), lines_told, bytes_told);
    for (auto at = words.find(copy); at != std::string::npos; at = words.find(copy, at))
        words.replace(at, copy.size(), model::host_paths::daemon_json);
    return words;
}

}  // namespace

Task<Result<>> check_config(HostAccess& host, const model::ChangeEngine& change) {
    const auto config = config_to_be(host, change);
    if (!config) co_return Result<>{};
    const auto copy = Copy::of(config->reveal());
    if (!copy) co_return copy.error().within("check daemon.json");
    Command command{"dockerd", "--validate", "--config-file=" + copy->path()};
    ChildOptions options;
    options.limit = limit;
    options.search_path = host.search_path;
    const auto checked = co_await run_child(std::move(command), std::move(options));
    if (!checked && checked.error().kind() == ErrorKind::cancelled) co_return checked.error();
    if (!checked || checked->succeeded() || checked->signal != 0) co_return Result<>{};
    const std::string words = output_of(*checked, copy->path(), host.redact);
    const bool knows = !host.redact.says(words, "unknown flag");
    if (!knows || words.empty()) co_return Result<>{};
    co_return Error(ErrorKind::invalid_input,
                    "dockerd rejects this configuration; nothing was changed: " + words);
}

}  // namespace dockerext::apply
