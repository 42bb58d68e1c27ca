#include "page/graph_drawing.hpp"

#include "base/joined.hpp"
#include "page/page_texts.hpp"

#include <algorithm>

namespace dockerext::page {
namespace {

constexpr std::size_t node_width = 156, node_height = 46, column_width = 214, row_height = 62, margin = 12;

struct Point {
    std::size_t x = 0, y = 0;
};

/// Columns are centred.
class Canvas {
public:
    explicit Canvas(const GraphLayout& layout)
        : layout_(layout), rows_(*std::max_element(layout.heights.begin(), layout.heights.end())) {}

    std::size_t width() const {
        return 2 * margin + (layout_.heights.size() - 1) * column_width + node_width;
    }
    std::size_t height() const { return 2 * margin + (rows_ - 1) * row_height + node_height; }
    Point corner(const GraphLayout::Place& place) const {
        const std::size_t unused = rows_ - layout_.heights[place.column];
        return {margin + place.column * column_width,
                margin + unused * row_height / 2 + place.row * row_height};
    }
    Point left(const GraphLayout::Place& place) const {
        const Point corner = this->corner(place);
        return {corner.x, corner.y + node_height / 2};
    }
    Point right(const GraphLayout::Place& place) const {
        const Point left = this->left(place);
        return {left.x + node_width, left.y};
    }

private:
    const GraphLayout& layout_;
    std::size_t rows_;
};

std::string point_text(Point point) { return std::to_string(point.x) + " " + std::to_string(point.y); }

/// A curve that leaves and arrives horizontally.
std::string curve(Point from, Point to) {
    const std::size_t middle = (from.x + to.x) / 2;
    return " C" + point_text({middle, from.y}) + " " + point_text({middle, to.y}) + " " + point_text(to);
}

std::string path_of(const GraphLayout::Edge& edge, const GraphLayout& layout, const Canvas& canvas) {
    constexpr std::size_t arrow = 6;
    Point last = canvas.right(layout.places.at(edge.from));
    std::string path = "M" + point_text(last);
    for (const GraphLayout::Place& bend : edge.bends) {
        path += curve(last, canvas.left(bend));
        last = canvas.right(bend);
        path += " L" + point_text(last);
    }
    const Point end = canvas.left(layout.places.at(edge.to));
    return path + curve(last, {end.x - arrow, end.y});
}

void write_node(HtmlWriter& html, const model::ServiceName& name, const model::ServiceStatus* service,
                Point corner) {
    constexpr std::size_t most_characters = 17;
    const Tone tone = service != nullptr ? tone_of(service->state) : Tone::none;
    html.begin("g", {{"transform", "translate(" + point_text(corner) + ")"},
                     {"class", "node " + std::string(to_string(tone))}});
    html.element("title", name.value);
    html.element(
        "rect",
        {{"width", std::to_string(node_width)}, {"height", std::to_string(node_height)}, {"rx", "7"}});
    html.element("text", shortened(name.value, most_characters),
                 {{"x", "12"}, {"y", "20"}, {"class", "name"}});
    html.element("text", service != nullptr ? to_string(service->state) : "not known",
                 {{"x", "12"}, {"y", "37"}, {"class", "state"}});
    html.end();
}

void write_arrow(HtmlWriter& html) {
    html.begin("defs");
    html.begin("marker", {{"id", "arrow"},
                          {"viewBox", "0 0 8 8"},
                          {"refX", "2"},
                          {"refY", "4"},
                          {"markerWidth", "8"},
                          {"markerHeight", "8"},
                          {"markerUnits", "userSpaceOnUse"},
                          {"orient", "auto"}});
    html.element("path", {{"d", "M0 0L8 4L0 8Z"}, {"class", "arrow"}});
    html.end();
    html.end();
}

void draw_graph(HtmlWriter& html, const model::Status* status, const GraphLayout& layout) {
    const Canvas canvas(layout);
    const std::string width = std::to_string(canvas.width()), height = std::to_string(canvas.height());
    const std::string label =
        "Dependency graph: " + counted(layout.places.size(), "service") + ", " +
        (layout.edges.size() == 1 ? "1 dependency" : std::to_string(layout.edges.size()) + " dependencies") +
        "; the table below lists them";
    html.begin(
        "div",
        {{"class", "wide"}, {"role", "region"}, {"aria-label", "Dependency graph"}, {"tabindex", "0"}});
    html.begin("svg", {{"role", "img"},
                       {"aria-label", label},
                       {"class", "graph"},
                       {"width", width},
                       {"height", height},
                       {"viewBox", "0 0 " + width + " " + height}});
    write_arrow(html);
    for (const GraphLayout::Edge& edge : layout.edges) {
        html.begin("path", {{"class", "edge " + std::string(to_string(edge.condition))},
                            {"d", path_of(edge, layout, canvas)},
                            {"marker-end", "url(#arrow)"}});
        html.element("title",
                     edge.to.value + " waits for " + edge.from.value + " " + condition_text(edge.condition));
        html.end();
    }
    for (const auto& [name, place] : layout.places)
        write_node(html, name, status == nullptr ? nullptr : find_service(*status, name),
                   canvas.corner(place));
    html.end();
    html.end();
}

void write_conditions(HtmlWriter& html) {
    html.begin("ul", {{"class", "legend"}});
    for (const auto& [condition, name] : names_of(model::DependencyCondition{})) {
        html.begin("li");
        html.begin("svg", {{"aria-hidden", "true"}, {"width", "34"}, {"height", "14"}});
        html.element("path", {{"class", "edge " + std::string(name)}, {"d", "M0 7H34"}});
        html.end();
        html.text("waits for it " + condition_text(condition));
        html.end();
    }
    html.end();
}

}  // namespace

std::string condition_text(model::DependencyCondition condition) {
    switch (condition) {
    case model::DependencyCondition::started: return "to be started";
    case model::DependencyCondition::healthy: return "to be healthy";
    case model::DependencyCondition::completed_successfully: return "to end successfully";
    }
    return "";
}

void write_graph(HtmlWriter& html, const model::Status* status,
                 const std::vector<model::ServiceOutline>& services) {
    const GraphLayout layout = layout_of(services);
    if (layout.places.empty()) {
        html.element("p", "No service depends on another one.");
        return;
    }
    html.element(
        "p", "Services start from left to right. An arrow leads from a service to those that wait for it.");
    write_conditions(html);
    draw_graph(html, status, layout);
    std::vector<std::string> others;
    for (const model::ServiceOutline& service : services) {
        if (!layout.places.contains(service.name)) others.push_back(service.name.value);
    }
    if (!others.empty()) html.element("p", "Without dependencies: " + joined(others, ", "));
}

}  // namespace dockerext::page
