#include "state/report_target.hpp"

#include "base/atomic_file.hpp"
#include "base/iso_time.hpp"
#include "base/json_document.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "state/sealed.hpp"

#include <algorithm>

namespace dockerext::state {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::seconds longest = 24h * 366;  ///< longer durations are cut to this

std::optional<Unfinished> unfinished_from(ObjectReader& parent, Problems& problems) {
    const auto found = parent.take("unfinished");
    if (!found) return std::nullopt;
    ObjectReader json(*found, problems);
    const auto lasted = json.integer("lasted");
    const auto as_of = parse_iso_time(json.string("asOf").value_or(""));
    if (!lasted || !as_of) return std::nullopt;
    return Unfinished{std::clamp<std::chrono::seconds>(std::chrono::seconds(*lasted), 0s, longest), *as_of};
}

}  // namespace

std::optional<ReportTarget> ReportTargetStore::load() const {
    const auto text = read_file(file_, 64 << 10);
    if (!text) return std::nullopt;
    const auto content = unseal(text->reveal());
    if (!content) return std::nullopt;
    const auto document = JsonDocument::parse(*content);
    if (!document) return std::nullopt;
    Problems problems;
    ObjectReader json(document->root(), problems);
    const auto folder = json.string("folder");
    const auto sequence = json.integer("sequence");
    const auto since = parse_iso_time(json.string("since").value_or(""));
    if (!folder || !sequence || !since) return std::nullopt;
    return ReportTarget{*folder, *sequence, *since, unfinished_from(json, problems)};
}

Result<> ReportTargetStore::save(const ReportTarget& target) const {
    JsonWriter json;
    json.begin_object();
    json.text("folder", target.folder.string());
    json.number("sequence", target.sequence);
    json.text("since", iso_time(target.since));
    if (target.unfinished) {
        json.begin_object("unfinished");
        json.number("lasted", std::int64_t{target.unfinished->lasted.count()});
        json.text("asOf", iso_time(target.unfinished->as_of));
        json.end_object();
    }
    json.end_object();
    if (auto saved = replace_file(file_, seal(json.take())); !saved)
        return saved.error().within("save where to report to");
    return {};
}

}  // namespace dockerext::state
