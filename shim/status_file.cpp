#include "shim/status_file.hpp"

#include "base/atomic_file.hpp"
#include "base/clock.hpp"
#include "base/iso_time.hpp"
#include "base/json_document.hpp"
#include "base/json_writer.hpp"
#include "base/regular_file.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <string>

namespace dockerext::shim {
namespace {

constexpr std::size_t readable_limit = std::size_t{1} << 20;

std::string status_json(WallTime now, StatusState state, std::string_view message) {
    const std::string time = iso_time(now);
    JsonWriter json;
    json.begin_array();
    json.begin_object();
    json.text("version", "1.0");
    json.text("timestampUTC", time);
    json.begin_object("status");
    json.text("name", "dockerextd");
    json.text("operation", "Enable");
    json.text("configurationAppliedTime", time);
    json.text("status", to_string(state));
    json.number("code", std::int64_t{state == StatusState::error ? 1 : 0});
    json.begin_object("formattedMessage");
    json.text("lang", "en-US");
    json.text("message", message);
    json.end_object();
    json.begin_array("substatus");
    json.end_array();
    json.end_object();
    json.end_object();
    json.end_array();
    return json.take();
}

}  // namespace

StatusFile::StatusFile(const std::filesystem::path& status_folder, std::int64_t sequence)
    : path_(status_folder / (std::to_string(sequence) + ".status")) {}

bool StatusFile::is_readable() const {
    const auto text = read_regular(path_, readable_limit);
    return text && JsonDocument::parse(*text).has_value();
}

Result<> StatusFile::write(WallTime now, StatusState state, std::string_view message) const {
    const std::filesystem::path folder = path_.parent_path();
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        return Error::from_errno(errno, "make '" + folder.string() + "'");
    // Uses a temporary name that differs from the daemon's, which may be replacing the status at this moment.
    const std::filesystem::path temporary = path_.string() + ".handler";
    if (auto written = replace_file(temporary, status_json(now, state, message)); !written)
        return written.error().within("write the status");
    if (::rename(temporary.c_str(), path_.c_str()) != 0)
        return Error::from_errno(errno, "rename '" + temporary.string() + "'");
    return {};
}

void StatusFile::remove() const { (void)remove_file(path_); }

}  // namespace dockerext::shim
