#include "bundle/collect.hpp"

#include "base/folder.hpp"
#include "base/named_file.hpp"
#include "base/off_loop.hpp"
#include "base/regular_file.hpp"
#include "base/timeout.hpp"
#include "bundle/hidden.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace dockerext::bundle {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_names = 1000;
constexpr std::string_view daemon_json = "etc/docker/daemon.json", variables_file = "etc/default/docker";
constexpr std::array<std::string_view, 11> files_taken{
    daemon_json,        "etc/os-release", "etc/resolv.conf", "proc/self/mounts",
    "proc/net/route",   "proc/meminfo",   "proc/loadavg",    "proc/pressure/memory",
    "proc/pressure/io", "proc/version",   variables_file};

/// The end of the file: `part_size` bytes.
Result<std::string> read_end(const UniqueFd& file, std::size_t margin) {
    const auto size = ::lseek(file.get(), 0, SEEK_END);
    const auto limit = static_cast<off_t>(part_size);
    const off_t begin = size > limit ? size - limit : 0;  // the size of a file of the kernel's is 0
    if (::lseek(file.get(), begin, SEEK_SET) < 0) return Error::from_errno(errno, "seek");
    auto text = read_all(file, 2 * part_size);  // it may grow meanwhile
    if (text && begin > 0) return without_margin(std::move(*text), margin);
    return text;
}

Result<std::string> read_file(const fs::path& path, std::size_t margin) {
    const auto file = open_named_file(path);
    if (!file) return file.error();
    return read_end(*file, margin);
}

/// Only the lines that name the handler: the log is about all handlers of the machine.
std::string lines_with(const std::string& text, const std::string& word) {
    std::string lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string_view line = std::string_view(text).substr(begin, end - begin);
        if (line.find(word) != std::string_view::npos) lines.append(line).append("\n");
        begin = end + 1;
    }
    return lines;
}

void add_agent_logs(const Sources& sources, Parts& parts) {
    if (sources.handler.empty()) {
        parts.push_back({"azure", Error(ErrorKind::not_found, "Azure has sent no settings")});
        return;
    }
    const fs::path path = sources.root / "var/log/azure" / sources.handler;
    const auto folder = open_named_folder(path);
    const auto names = folder ? names_in(*folder, max_names) : folder.error();
    if (!names) parts.push_back({"azure/" + sources.handler, names.error()});
    std::size_t size = 0;
    for (const std::string& name : names ? *names : std::vector<std::string>()) {
        if (size > bundle_size) {
            parts.push_back({"azure/" + name + " and those after it",
                             Error(ErrorKind::invalid_input, "the bundle is full")});
            return;
        }
        const auto file = open_regular(folder->get(), name);
        parts.push_back({"azure/" + name, file ? read_end(*file, sources.margin) : file.error()});
        if (parts.back().text) size += parts.back().text->size();
    }
    auto agent = read_file(sources.root / "var/log/waagent.log", sources.margin);
    if (agent) agent = lines_with(*agent, sources.handler);
    parts.push_back({"azure/waagent.log", std::move(agent)});
}

/// "-rw------- 1234 settings.json": the names, not the contents, which are full of secrets.
Result<std::string> list_state(const fs::path& path) {
    const auto folder = open_named_folder(path);
    if (!folder) return folder.error();
    const auto names = names_in(*folder, max_names);
    if (!names) return names.error();
    std::string text;
    for (const std::string& name : *names) {
        struct stat facts = {};
        if (::fstatat(folder->get(), name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) continue;
        text += std::to_string(facts.st_size) + " bytes, changed at " + std::to_string(facts.st_mtime) +
                ": " + name + "\n";
    }
    return text;
}

Parts read_files(const Sources& sources) {
    Parts parts;
    for (const std::string_view name : files_taken) {
        auto text = read_file(sources.root / name, sources.margin);
        if (text && name == daemon_json) text = without_values(*text);
        if (text && name == variables_file) text = without_variables(*text);
        parts.push_back({"files/" + std::string(name), std::move(text)});
    }
    parts.push_back({"state/files.txt", list_state(sources.paths.state)});
    parts.push_back({"state/spool.txt", list_state(sources.paths.spool / "new")});
    parts.push_back({"state/rejected.txt", list_state(sources.paths.spool / "rejected")});
    add_agent_logs(sources, parts);
    return parts;
}

}  // namespace

std::string without_margin(std::string text, std::size_t margin) {
    text.erase(0, margin);
    text.erase(0, std::min(text.find('\n') + 1, text.size()));
    return text;
}

Task<Parts> collect_files(const Sources& sources) {
    std::function<Result<Parts>(std::stop_token)> reading =
        [sources](const std::stop_token&) -> Result<Parts> { return read_files(sources); };
    auto running =
        with_timeout(part_limit, "the disk does not answer within 30 s", off_loop<Parts>(std::move(reading)));
    auto parts = co_await std::move(running);
    if (parts) co_return std::move(*parts);
    Parts none;
    none.push_back({"files", parts.error()});
    co_return none;
}

}  // namespace dockerext::bundle
