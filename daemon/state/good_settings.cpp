#include "state/good_settings.hpp"

#include "base/atomic_file.hpp"
#include "base/iso_time.hpp"
#include "base/json_document.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "state/envelope_json.hpp"
#include "state/folder.hpp"
#include "state/sealed.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace dockerext::state {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most = 10;
constexpr std::size_t facts_limit = std::size_t{1} << 20;
constexpr std::size_t envelope_file_limit = envelope_limit + 4096;

fs::path facts_file(const fs::path& folder, unsigned number) {
    return folder / (std::to_string(number) + ".json");
}
fs::path envelope_file(const fs::path& folder, unsigned number) {
    return folder / ("settings-" + std::to_string(number) + ".json");
}

/// The number in "7.json"; nullopt for any other name.
std::optional<unsigned> number_in(const std::string& name) {
    unsigned number = 0;
    const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    const bool is_ours = error == std::errc{} && std::string_view(rest) == ".json";
    return is_ours ? std::optional(number) : std::nullopt;
}

std::optional<GoodSettings> read(const fs::path& folder, unsigned number) {
    const auto text = read_file(facts_file(folder, number), facts_limit);
    const auto content = text ? unseal(text->reveal()) : Result<std::string_view>(text.error());
    if (!content) return std::nullopt;
    const auto document = JsonDocument::parse(*content);
    if (!document) return std::nullopt;
    Problems problems;
    ObjectReader json(document->root(), problems);
    const auto at = parse_iso_time(json.string("at").value_or(""));
    const auto source = from_string<model::SettingsSource>(json.string("source").value_or(""));
    const auto sequence = json.integer("sequence");
    auto fingerprint = json.string("fingerprint");
    if (!at || !source || !sequence || !fingerprint) return std::nullopt;
    GoodSettings good{number, *at, *source, *sequence, std::move(*fingerprint), {}};
    const auto images = json.take("images");
    if (!images) return std::nullopt;
    const auto members = images->members();
    if (!members) return std::nullopt;
    for (const auto& [image, id] : *members) {
        if (const auto value = id.string()) good.images[{image}].value = *value;
    }
    return good;
}

}  // namespace

std::vector<GoodSettings> GoodSettingsStore::list() const {
    std::vector<GoodSettings> all;
    std::error_code none;
    for (fs::directory_iterator entry(folder_, none), end; !none && entry != end; entry.increment(none)) {
        const auto number = number_in(entry->path().filename().string());
        if (!number) continue;
        if (auto good = read(folder_, *number)) all.push_back(std::move(*good));
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.number > b.number; });
    return all;
}

Result<model::Envelope> GoodSettingsStore::envelope_of(const GoodSettings& good) const {
    const auto text = read_file(envelope_file(folder_, good.number), envelope_file_limit);
    if (!text) return text.error();
    const auto content = unseal(text->reveal());
    if (!content) return content.error();
    return envelope_from(*content);
}

Result<> GoodSettingsStore::add(GoodSettings good, const model::Envelope& envelope) const {
    const std::vector<GoodSettings> known = list();
    if (!known.empty() && known.front().fingerprint == good.fingerprint) {
        good.number = known.front().number;
        good.at = known.front().at;
        return good == known.front() ? Result<>() : write(good);
    }
    good.number = known.empty() ? 1 : known.front().number + 1;
    if (auto folder = open_folder(folder_, 0700); !folder) return folder.error();
    const auto json = to_json(envelope);
    if (!json) return json.error();
    const Secret text(seal(json->reveal()));
    if (auto saved = replace_file(envelope_file(folder_, good.number), text.reveal()); !saved) return saved;
    if (auto saved = write(good); !saved) return saved;
    for (std::size_t i = most - 1; i < known.size(); ++i) {
        if (auto removed = remove(known[i].number); !removed) return removed;
    }
    return {};
}

Result<> GoodSettingsStore::clear() const {
    std::vector<fs::path> files;
    std::error_code none;
    for (fs::directory_iterator entry(folder_, none), end; !none && entry != end; entry.increment(none))
        files.push_back(entry->path());
    for (const fs::path& file : files) {
        if (auto removed = remove_file(file); !removed) return removed;
    }
    return {};
}

Result<> GoodSettingsStore::write(const GoodSettings& good) const {
    JsonWriter json;
    json.begin_object();
    json.text("at", iso_time(good.at));
    json.text("source", to_string(good.source));
    json.number("sequence", good.sequence);
    json.text("fingerprint", good.fingerprint);
    json.begin_object("images");
    for (const auto& [image, id] : good.images) json.text(image.value, id.value);
    json.end_object();
    json.end_object();
    return replace_file(facts_file(folder_, good.number), seal(json.take()));
}

Result<> GoodSettingsStore::remove(unsigned number) const {
    if (auto removed = remove_file(envelope_file(folder_, number)); !removed) return removed;
    return remove_file(facts_file(folder_, number));  // last: what is not listed is not removed
}

}  // namespace dockerext::state
