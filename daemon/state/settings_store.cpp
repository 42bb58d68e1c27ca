#include "state/settings_store.hpp"

#include "base/atomic_file.hpp"
#include "base/json_document.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "state/envelope_json.hpp"
#include "state/sealed.hpp"

namespace dockerext::state {
namespace {

constexpr std::size_t file_limit = envelope_limit + 4096;

Result<model::Envelope> unseal_envelope(const Secret& text) {
    const auto content = unseal(text.reveal());
    if (!content) return content.error();
    return envelope_from(*content);
}

Result<model::Envelope> unseal_envelope(const Result<Secret>& text) {
    if (!text) return text.error();
    return unseal_envelope(*text);
}

bool is_missing(const Result<model::Envelope>& read) {
    return !read && read.error().kind() == ErrorKind::not_found;
}

std::string load_error_text(const std::filesystem::path& path, const Result<model::Envelope>& read) {
    return path.filename().string() + " is " +
           (is_missing(read) ? "missing" : "unreadable: " + read.error().message());
}

}  // namespace

SettingsStore::SettingsStore(const std::filesystem::path& folder)
    : file_(folder / "settings.json", file_limit), rejection_(folder / "settings.rejected") {}

SettingsStore::Loaded SettingsStore::load() const {
    const auto text = file_.read();
    auto current = unseal_envelope(text);
    if (current) return {.envelope = std::move(*current)};
    // Using the older copy instead of a newer version's settings would undo what was deployed since.
    if (text && newer_format(text->reveal()))
        return {.warning = load_error_text(file_.file(), current), .damaged = true};
    auto previous = unseal_envelope(file_.read_previous());
    if (is_missing(current) && is_missing(previous)) return {};

    Loaded loaded;
    loaded.warning = load_error_text(file_.file(), current) + "; ";
    if (previous) {
        loaded.warning += "using the previous copy";
        loaded.envelope = std::move(*previous);
    } else {
        loaded.warning += load_error_text(file_.previous(), previous);
        loaded.damaged = true;
    }
    return loaded;
}

std::optional<model::Envelope> SettingsStore::previous() const {
    auto previous = unseal_envelope(file_.read_previous());
    if (!previous) return std::nullopt;
    return std::move(*previous);
}

Result<> SettingsStore::save(const model::Envelope& envelope) {
    const auto json = to_json(envelope);
    if (!json) return json.error().within("save the settings");
    if (auto removed = remove_file(rejection_); !removed) return removed.error().within("save the settings");
    const auto readable = [](const Secret& text) { return unseal_envelope(text).has_value(); };
    if (auto saved = file_.save(*json, readable); !saved) return saved.error().within("save the settings");
    return {};
}

Result<> SettingsStore::clear() {
    auto removed = remove_file(rejection_);
    if (removed) removed = file_.remove();
    if (!removed) return removed.error().within("forget the settings");
    return {};
}

Result<> SettingsStore::save_rejection(const Rejection& rejection) {
    JsonWriter json;
    json.begin_object();
    json.number("sequence", rejection.sequence);
    json.text("source", rejection.source ? to_string(*rejection.source) : "");
    write_problems(json, "problems", rejection.problems);
    json.end_object();
    if (auto noted = replace_file(rejection_, seal(json.take())); !noted) {
        return noted.error().within("save the rejection");
    }
    return {};
}

std::optional<SettingsStore::Rejection> SettingsStore::rejection() const {
    const auto text = read_file(rejection_, file_limit);
    if (!text) return std::nullopt;
    const auto content = unseal(text->reveal());
    if (!content) return std::nullopt;
    const auto document = JsonDocument::parse(*content, JsonDialect::strict, {.bytes = file_limit});
    if (!document) return std::nullopt;
    Problems ignored;  // absent members read as empty
    ObjectReader json(document->root(), ignored);
    Rejection rejection{json.integer("sequence").value_or(0),
                        from_string<model::SettingsSource>(json.string("source").value_or("")),
                        {}};
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
