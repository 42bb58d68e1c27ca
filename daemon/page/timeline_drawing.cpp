#include "page/timeline_drawing.hpp"

#include "base/joined.hpp"
#include "page/page_texts.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace dockerext::page {
namespace {

using Kind = Episode::Kind;

/// A place on the axis in 1/10,000 of its length.
class Axis {
public:
    explicit Axis(Period period) : period_(period) {}

    std::int64_t place(model::WallTime time) const {
        const auto length =
            std::max<model::WallTime::duration>(period_.end - period_.begin, std::chrono::seconds(1));
        const double share =
            static_cast<double>((time - period_.begin).count()) / static_cast<double>(length.count());
        return std::clamp<std::int64_t>(static_cast<std::int64_t>(share * 10'000), 0, 10'000);
    }
    std::string percent(model::WallTime time) const { return percent_text(place(time)); }

    /// "12.05%"
    static std::string percent_text(std::int64_t place) {
        const std::string rest = std::to_string(place % 100);
        return std::to_string(place / 100) + "." + (rest.size() < 2 ? "0" : "") + rest + "%";
    }

private:
    Period period_;
};

/// The class of a kind in the style sheet, and the name of its symbol.
template <typename AnyKind>
std::string class_of(AnyKind kind) {
    std::string name(to_string(kind));
    std::replace(name.begin(), name.end(), ' ', '-');
    return name;
}

/// Each kind has a shape of its own, so that nobody has to tell them apart by colour alone.
struct Shape {
    Kind kind;
    const char* path;
};
constexpr std::array<Shape, 6> shapes{{{Kind::created, "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z"},
                                       {Kind::repaired, "M0 -6.5L6.5 0L0 6.5L-6.5 0Z"},
                                       {Kind::replaced, "M-5 -5H5V5H-5Z"},
                                       {Kind::removed, "M-6 -2H6V2H-6Z"},
                                       {Kind::failed, "M0 -7L7 6H-7Z"},
                                       {Kind::under_way, "M-6 -6L6 0L-6 6Z"}}};

void write_symbols(HtmlWriter& html) {
    html.begin("svg", {{"class", "symbols"}, {"aria-hidden", "true"}});
    html.begin("defs");
    for (const auto& [kind, path] : shapes)
        html.element("path", {{"id", "mark-" + class_of(kind)}, {"d", path}});
    html.end();
    html.end();
}

void write_mark(HtmlWriter& html, Kind kind, const std::string& x, const std::string& y,
                const std::string& title) {
    html.begin(
        "use",
        {{"href", "#mark-" + class_of(kind)}, {"class", "mark " + class_of(kind)}, {"x", x}, {"y", y}});
    if (!title.empty()) html.element("title", title);
    html.end();
}

void write_legend(HtmlWriter& html) {
    html.begin("ul", {{"class", "legend"}});
    for (const auto& [phase, name] : names_of(Phase::Kind{})) {
        html.begin("li");
        html.begin("svg", {{"aria-hidden", "true"}, {"width", "22"}, {"height", "14"}});
        html.element("rect",
                     {{"class", "phase " + class_of(phase)}, {"y", "2"}, {"width", "22"}, {"height", "10"}});
        html.end();
        html.text(name);
        html.end();
    }
    for (const auto& [kind, name] : names_of(Kind{})) {
        html.begin("li");
        html.begin("svg", {{"aria-hidden", "true"}, {"width", "18"}, {"height", "18"}});
        write_mark(html, kind, "9", "9", "");
        html.end();
        html.text(name);
        html.end();
    }
    html.end();
}

void write_axis(HtmlWriter& html, const std::vector<Tick>& ticks, const Axis& axis) {
    html.begin("div", {{"class", "lane axis"}});
    html.begin("svg", {{"aria-hidden", "true"}, {"height", "18"}});
    for (const Tick& tick : ticks) {
        const std::int64_t place = axis.place(tick.time);
        const std::string anchor = place < 600 ? "start" : place > 9'400 ? "end" : "middle";
        html.element("text", tick.label,
                     {{"x", Axis::percent_text(place)}, {"y", "13"}, {"text-anchor", anchor}});
    }
    html.end();
    html.end();
}

/// More severe kinds hide others at the same place.
unsigned weight(Kind kind) {
    switch (kind) {
    case Kind::failed: return 5;
    case Kind::under_way: return 4;
    case Kind::removed: return 3;
    case Kind::replaced: return 2;
    case Kind::created:
    case Kind::repaired: return 1;
    }
    return 0;
}

struct Mark {
    const Episode* episode = nullptr;
    std::size_t further = 0;  ///< at the same place
};

/// Marks that would cover each other become one.
std::vector<Mark> marks_of(const std::vector<Episode>& episodes, const Axis& axis) {
    constexpr std::int64_t width = 10'000 / 80;
    std::map<std::int64_t, Mark> places;
    for (const Episode& episode : episodes) {
        const auto [at, is_first] = places.try_emplace(axis.place(episode.begin) / width, Mark{&episode});
        if (is_first) continue;
        ++at->second.further;
        if (weight(episode.kind) >= weight(at->second.episode->kind)) at->second.episode = &episode;
    }
    std::vector<Mark> marks;
    marks.reserve(places.size());
    for (const auto& [place, mark] : places) marks.push_back(mark);
    return marks;
}

std::string title_of(const Mark& mark) {
    const std::string more = mark.further == 0 ? "" : " (and " + std::to_string(mark.further) + " more here)";
    return time_text(mark.episode->begin) + " " + std::string(to_string(mark.episode->kind)) + ": " +
           mark.episode->text + more;
}

void write_drawing(HtmlWriter& html, const Timeline& timeline, const std::vector<Tick>& ticks,
                   const Axis& axis) {
    html.begin(
        "svg",
        {{"role", "img"}, {"height", "30"}, {"aria-label", timeline.service + ": " + summary_of(timeline)}});
    for (const Phase& phase : timeline.phases) {
        const std::int64_t begin = axis.place(phase.begin);
        const std::int64_t width = std::max<std::int64_t>(axis.place(phase.end) - begin, 20);
        html.element("rect", {{"class", "phase " + class_of(phase.kind)},
                              {"x", Axis::percent_text(begin)},
                              {"y", "9"},
                              {"width", Axis::percent_text(width)},
                              {"height", "12"}});
    }
    for (const Tick& tick : ticks) {
        const std::string x = axis.percent(tick.time);
        html.element("line", {{"class", "tick"}, {"x1", x}, {"x2", x}, {"y1", "3"}, {"y2", "27"}});
    }
    for (const Mark& mark : marks_of(timeline.episodes, axis))
        write_mark(html, mark.episode->kind, axis.percent(mark.episode->begin), "15", title_of(mark));
    html.end();
}

std::string times_text(std::size_t count) {
    if (count == 1) return "once";
    return count == 2 ? "twice" : std::to_string(count) + " times";
}

}  // namespace

std::string summary_of(const Timeline& timeline) {
    std::map<Kind, std::size_t> counts;
    for (const Episode& episode : timeline.episodes) ++counts[episode.kind];
    std::vector<std::string> parts;
    parts.reserve(counts.size());
    for (const auto& [kind, count] : counts)
        parts.push_back(std::string(to_string(kind)) + " " + times_text(count));
    std::string text = parts.empty() ? "no action" : joined(parts, ", ");
    std::map<Phase::Kind, model::WallTime::duration> lasted;
    for (const Phase& phase : timeline.phases) lasted[phase.kind] += phase.end - phase.begin;
    for (const auto& [kind, time] : lasted) {
        const auto rounded = std::chrono::round<std::chrono::minutes>(time);
        if (rounded.count() > 0) text += "; " + std::string(to_string(kind)) + " for " + span_text(rounded);
    }
    return text;
}

void write_timelines(HtmlWriter& html, const model::Status& status, const std::vector<Timeline>& timelines,
                     Period period) {
    const Axis axis(period);
    const std::vector<Tick> all_ticks = ticks(period);
    write_symbols(html);
    write_legend(html);
    write_axis(html, all_ticks, axis);
    for (const Timeline& timeline : timelines) {
        html.begin("div", {{"class", "lane"}});
        html.begin("h3");
        html.element("span", timeline.service, {{"class", "name"}});
        const model::ServiceStatus* const service = find_service(status, {timeline.service});
        if (service != nullptr) write_badge(html, to_string(service->state), tone_of(service->state));
        else write_badge(html, "no longer in the settings", Tone::none);
        html.end();
        write_drawing(html, timeline, all_ticks, axis);
        html.element("p", summary_of(timeline), {{"class", "note"}});
        html.end();
    }
}

}  // namespace dockerext::page
