#include "state/settings_store.hpp"

#include "base/atomic_file.hpp"
#include "base/json_document.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "base/regular_file.hpp"
#include "state/envelope_json.hpp"
#include "state/folder.hpp"
#include "state/sealed.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace dockerext::state {
namespace {

constexpr std::size_t file_limit = envelope_limit + 4096;

Result<Secret> read(const std::filesystem::path& path) {
    const auto fd = open_regular(AT_FDCWD, path);
    if (!fd) return fd.error();
    auto bytes = read_all(*fd, file_limit);
    if (!bytes) return bytes.error();
    return Secret(std::move(*bytes));
}

Result<model::Envelope> understand(const Secret& text) {
    const auto content = unseal(text.reveal());
    if (!content) return content.error();
    return envelope_from(*content);
}

Result<model::Envelope> read_envelope(const std::filesystem::path& path) {
    const auto text = read(path);
    if (!text) return text.error();
    return understand(*text);
}

bool absent(const Result<model::Envelope>& read) {
    return !read && read.error().kind() == ErrorKind::not_found;
}

std::string complaint(const std::filesystem::path& path, const Result<model::Envelope>& read) {
    return path.filename().string() + " is " +
           (absent(read) ? "missing" : "unreadable: " + read.error().message());
}

Result<> remove_file(const std::filesystem::path& path) {
    if (::unlink(path.c_str()) == 0) return sync_folder(path.parent_path());
    if (errno == ENOENT) return {};
    return Error::from_errno(errno, "remove '" + path.string() + "'");
}

}  // namespace

SettingsStore::SettingsStore(const std::filesystem::path& folder)
    : file_(folder / "settings.json"),
      previous_(folder / "settings.json.previous"),
      rejection_(folder / "settings.rejected") {}

SettingsStore::Loaded SettingsStore::load() const {
    auto current = read_envelope(file_);
    if (current) return {.envelope = std::move(*current)};
    auto previous = read_envelope(previous_);
    if (absent(current) && absent(previous)) return {};

    Loaded loaded;
    loaded.warning = complaint(file_, current) + "; ";
    if (previous) {
        loaded.warning += "the copy before it is used";
        loaded.envelope = std::move(*previous);
    } else {
        loaded.warning += complaint(previous_, previous);
        loaded.damaged = true;
    }
    return loaded;
}

std::optional<model::Envelope> SettingsStore::previous() const {
    auto previous = read_envelope(previous_);
    if (!previous) return std::nullopt;
    return std::move(*previous);
}

Result<> SettingsStore::save(const model::Envelope& envelope) {
    const auto json = to_json(envelope);
    if (!json) return json.error().within("save the settings");
    const Secret text(seal(json->reveal()));
    if (auto removed = remove_file(rejection_); !removed) return removed.error().within("save the settings");
    const auto current = read(file_);
    if (current && *current == text) return {};
    // A broken file must not push out the last good copy.
    if (current && understand(*current)) {
        if (auto kept = replace_file(previous_, current->reveal()); !kept) {
            return kept.error().within("keep the settings before");
        }
    }
    if (auto saved = replace_file(file_, text.reveal()); !saved)
        return saved.error().within("save the settings");
    return {};
}

Result<> SettingsStore::clear() {
    // The copy first: with the file gone and the copy left, a crash here would bring older settings back.
    for (const auto& path : {rejection_, previous_, file_}) {
        if (auto removed = remove_file(path); !removed) return removed.error().within("forget the settings");
    }
    return {};
}

Result<> SettingsStore::note(const Rejection& rejection) {
    JsonWriter json;
    json.begin_object();
    json.number("sequence", rejection.sequence);
    json.text("source", rejection.source);
    write_problems(json, "problems", rejection.problems);
    json.end_object();
    if (auto noted = replace_file(rejection_, seal(json.take())); !noted) {
        return noted.error().within("note the rejection");
    }
    return {};
}

std::optional<SettingsStore::Rejection> SettingsStore::rejection() const {
    const auto text = read(rejection_);
    if (!text) return std::nullopt;
    const auto content = unseal(text->reveal());
    if (!content) return std::nullopt;
    const auto document = JsonDocument::parse(*content, JsonDialect::strict, {.bytes = file_limit});
    if (!document) return std::nullopt;
    Problems ignored;  // what is absent reads as nothing
    ObjectReader json(document->root(), ignored);
    Rejection rejection{json.integer("sequence").value_or(0), json.string("source").value_or(""), {}};
    const auto array = json.take("problems");
    const auto items = array ? array->items() : std::vector<JsonCursor>{};
    if (!items) return rejection;
    for (const JsonCursor& item : *items) {
        ObjectReader problem(item, ignored);
        rejection.problems.push_back(
            {problem.string("path").value_or(""), problem.string("message").value_or("")});
    }
    return rejection;
}

}  // namespace dockerext::state
