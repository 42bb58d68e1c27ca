#include "state/host_record.hpp"

#include "base/base64.hpp"
#include "base/json_document.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "state/sealed.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace dockerext::state {
namespace {

using Effect = model::ChangeEngine::Effect;

void write(JsonWriter& json, std::string_view key, const std::set<std::string>& texts) {
    json.begin_array(key);
    for (const std::string& text : texts) json.text(text);
    json.end_array();
}

void write(JsonWriter& json, std::string_view key, const model::Ownership& owned) {
    json.begin_object(key);
    json.begin_object("configKeys");
    for (const auto& [name, former] : owned.config_keys) json.text_or_null(name, former.value_or(""));
    json.end_object();
    write(json, "logins", owned.logins);
    json.boolean("dropIn", owned.drop_in);
    json.boolean("certificates", owned.certificates);
    if (const auto& kept = owned.pinned_version) {
        json.begin_object("keptVersion");
        json.text("source", to_string(kept->source));
        json.text("version", kept->version);
        json.end_object();
    }
    json.begin_object("installed");
    write(json, "packages", owned.installed.packages);
    write(json, "files", owned.installed.files);
    json.end_object();
    json.end_object();
}

/// A foreign file may contain any bytes.
void write(JsonWriter& json, const model::FileChange& file) {
    json.begin_object();
    json.text("path", file.path);
    if (file.content) json.text("content", Secret(base64(file.content->reveal())).reveal());
    json.number("mode", std::uint64_t{file.mode});
    json.end_object();
}

void write(JsonWriter& json, std::string_view key, const model::ChangeEngine& change) {
    json.begin_object(key);
    json.begin_array("files");
    for (const auto& file : change.files) write(json, file);
    json.end_array();
    json.text("effect", to_string(change.effect));
    json.boolean("unitsChanged", change.units_changed);
    write(json, "owned", change.owned);
    json.text("fingerprint", change.fingerprint);
    json.end_object();
}

Secret to_json(const HostRecord& record) {
    JsonWriter json;
    json.begin_object();
    write(json, "owned", record.owned);
    json.text("refused", record.refused);
    json.text("refusal", record.refusal);
    if (record.undo) write(json, "undo", *record.undo);
    json.end_object();
    return Secret(json.take());
}

template <typename T>
T value_of(Read<T> read, Problems& problems) {
    if (read) return std::move(*read);
    problems.add(read.error());
    return {};
}

std::map<std::string, std::optional<std::string>> config_keys_from(ObjectReader& owned, Problems& problems) {
    std::map<std::string, std::optional<std::string>> keys;
    const auto found = owned.take("configKeys");
    if (!found) return keys;
    for (const auto& [name, former] : value_of(found->members(), problems)) {
        auto& value = keys[name];
        if (!former.is(JsonType::null)) value = value_of(former.string(), problems);
    }
    return keys;
}

std::optional<model::PinnedVersion> kept_version_from(ObjectReader& owned, Problems& problems) {
    const auto found = owned.take("keptVersion");
    if (!found) return std::nullopt;
    ObjectReader json(*found, problems);
    using Source = model::EngineSource;
    const auto source = from_string<Source>(json.string("source").value_or(""));
    return model::PinnedVersion{source.value_or(Source::distro), json.string("version").value_or("")};
}

std::set<std::string> texts_from(ObjectReader& parent, std::string_view key) {
    const auto texts = parent.strings(key);
    return {texts.begin(), texts.end()};
}

model::Installed installed_from(ObjectReader& owned, Problems& problems) {
    const auto found = owned.take("installed");
    if (!found) return {};
    ObjectReader json(*found, problems);
    return {texts_from(json, "packages"), texts_from(json, "files")};
}

model::Ownership ownership_from(ObjectReader& parent, Problems& problems) {
    const auto found = parent.take("owned");
    if (!found) return {};
    ObjectReader json(*found, problems);
    model::Ownership owned;
    owned.config_keys = config_keys_from(json, problems);
    owned.logins = texts_from(json, "logins");
    owned.drop_in = json.boolean("dropIn").value_or(false);
    owned.certificates = json.boolean("certificates").value_or(false);
    owned.pinned_version = kept_version_from(json, problems);
    owned.installed = installed_from(json, problems);
    return owned;
}

std::optional<Secret> content_from(ObjectReader& file, Problems& problems) {
    const auto text = file.secret("content");
    if (!text) return std::nullopt;
    auto bytes = from_base64(text->reveal());
    if (!bytes) problems.add(file.cursor().problem("content: not base64"));
    return Secret(std::move(bytes).value_or(""));
}

model::FileChange file_from(const JsonCursor& item, Problems& problems) {
    ObjectReader json(item, problems);
    model::FileChange file;
    file.path = json.string("path").value_or("");
    if (file.path.empty()) problems.add(item.problem("a file without a path"));
    file.content = content_from(json, problems);
    const std::int64_t mode = json.integer("mode").value_or(-1);
    if (mode < 0 || mode > 07777) problems.add(item.problem("not a file's mode"));
    file.mode = static_cast<std::uint32_t>(mode);
    return file;
}

Effect effect_from(ObjectReader& change, Problems& problems) {
    const std::string name = change.string("effect").value_or("");
    if (const auto effect = from_string<Effect>(name)) return *effect;
    problems.add(change.cursor().problem("no effect is called '" + name + "'"));
    return {};
}

std::optional<model::ChangeEngine> undo_from(ObjectReader& parent, Problems& problems) {
    const auto found = parent.take("undo");
    if (!found) return std::nullopt;
    ObjectReader json(*found, problems);
    model::ChangeEngine change;
    const auto files = json.take("files");
    if (!files) problems.add(found->problem("a change without files"));
    const auto items = files ? value_of(files->items(), problems) : std::vector<JsonCursor>{};
    for (const auto& item : items) change.files.push_back(file_from(item, problems));
    change.effect = effect_from(json, problems);
    change.units_changed = json.boolean("unitsChanged").value_or(false);
    change.owned = ownership_from(json, problems);
    change.fingerprint = json.string("fingerprint").value_or("");
    return change;
}

/// Skips unknown members: other versions write other members.
Result<HostRecord> from_json(std::string_view text) {
    const auto document =
        JsonDocument::parse(text, JsonDialect::strict, {.bytes = state_file_limit, .depth = 8});
    if (!document) return document.error();
    Problems problems;
    ObjectReader json(document->root(), problems);
    HostRecord record;
    record.owned = ownership_from(json, problems);
    record.refused = json.string("refused").value_or("");
    record.refusal = json.string("refusal").value_or("");
    record.undo = undo_from(json, problems);
    if (!problems.empty()) return Error(ErrorKind::invalid_input, to_text(problems.all()));
    return record;
}

Result<HostRecord> unseal_record(const Secret& text) {
    const auto content = unseal(text.reveal());
    if (!content) return content.error();
    return from_json(*content);
}

}  // namespace

HostRecordStore::HostRecordStore(const std::filesystem::path& file) : file_(file, state_file_limit) {}

Result<HostRecord> HostRecordStore::load() const {
    const auto text = file_.read();
    auto record = text ? unseal_record(*text) : Result<HostRecord>(text.error());
    if (!record) return record.error().within("'" + file_.file().native() + "'");
    return record;
}

Result<> HostRecordStore::save(const HostRecord& record) const {
    const auto readable = [](const Secret& text) { return unseal_record(text).has_value(); };
    if (auto saved = file_.save(to_json(record), readable); !saved)
        return saved.error().within("save what dockerextd owns on this machine");
    return {};
}

}  // namespace dockerext::state
