#include "page/graph.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace dockerext::page {
namespace {

using model::ServiceName;
using Edge = GraphLayout::Edge;

std::vector<Edge> edges_of(const std::vector<model::ServiceOutline>& services) {
    std::set<ServiceName> names;
    for (const model::ServiceOutline& service : services) names.insert(service.name);
    std::vector<Edge> edges;
    for (const model::ServiceOutline& service : services) {
        for (const auto& [needed, condition] : service.depends_on) {
            if (names.contains(needed)) edges.push_back({needed, service.name, condition, {}});
        }
    }
    std::sort(edges.begin(), edges.end(),
              [](const Edge& a, const Edge& b) { return std::tie(a.from, a.to) < std::tie(b.from, b.to); });
    return edges;
}

/// The longest way to each service that has an edge. First removes the edges of services that need each
/// other.
std::map<ServiceName, std::size_t> columns_of(std::vector<Edge>& edges) {
    std::map<ServiceName, std::size_t> open;  // how many of its needs have no column yet
    for (const Edge& edge : edges) {
        open.try_emplace(edge.from, 0);
        ++open[edge.to];
    }
    std::map<ServiceName, std::size_t> columns;
    std::vector<ServiceName> ready;
    for (const auto& [name, count] : open) {
        columns[name] = 0;
        if (count == 0) ready.push_back(name);
    }
    for (std::size_t i = 0; i < ready.size(); ++i) {
        const ServiceName done = ready[i];
        for (const Edge& edge : edges) {
            if (edge.from != done) continue;
            columns[edge.to] = std::max(columns[edge.to], columns[done] + 1);
            if (--open[edge.to] == 0) ready.push_back(edge.to);
        }
    }
    std::erase_if(edges, [&](const Edge& edge) { return columns[edge.from] >= columns[edge.to]; });
    std::set<ServiceName> connected;
    for (const Edge& edge : edges) connected.insert({edge.from, edge.to});
    std::erase_if(columns, [&](const auto& each) { return !connected.contains(each.first); });
    return columns;
}

/// A service or a bend of an edge, and its neighbours in the columns beside it.
struct Cell {
    std::optional<ServiceName> service;
    std::size_t edge = 0, column = 0, row = 0;
    std::vector<std::size_t> before, after;
};

/// Cells in columns; the rows are what `arrange` decides.
class Grid {
public:
    Grid(const std::vector<Edge>& edges, const std::map<ServiceName, std::size_t>& columns) {
        for (const auto& [name, column] : columns) cell_of_[name] = add({name, 0, column, 0, {}, {}});
        for (std::size_t i = 0; i < edges.size(); ++i) connect(edges, i, columns);
    }

    /// Moves cells next to their neighbours, so that few edges cross.
    void arrange() {
        constexpr int rounds = 4;
        for (int round = 0; round < rounds; ++round) {
            for (std::size_t i = 1; i < columns_.size(); ++i) sort_column(columns_[i], &Cell::before);
            for (std::size_t i = columns_.size(); i-- > 1;) sort_column(columns_[i - 1], &Cell::after);
        }
    }

    GraphLayout result(std::vector<Edge> edges) const {
        GraphLayout layout;
        for (const auto& column : columns_) {
            layout.heights.push_back(column.size());
            for (const std::size_t index : column) {
                const Cell& cell = cells_[index];
                const GraphLayout::Place place{cell.column, cell.row};
                if (cell.service) layout.places[*cell.service] = place;
                else edges[cell.edge].bends.push_back(place);
            }
        }
        layout.edges = std::move(edges);
        return layout;
    }

private:
    std::size_t add(Cell cell) {
        if (columns_.size() <= cell.column) columns_.resize(cell.column + 1);
        cell.row = columns_[cell.column].size();
        columns_[cell.column].push_back(cells_.size());
        cells_.push_back(std::move(cell));
        return cells_.size() - 1;
    }

    void connect(const std::vector<Edge>& edges, std::size_t index,
                 const std::map<ServiceName, std::size_t>& columns) {
        std::size_t last = cell_of_.at(edges[index].from);
        const auto link = [&](std::size_t next) {
            cells_[last].after.push_back(next);
            cells_[next].before.push_back(last);
            last = next;
        };
        for (std::size_t column = columns.at(edges[index].from) + 1; column < columns.at(edges[index].to);
             ++column)
            link(add({{}, index, column, 0, {}, {}}));
        link(cell_of_.at(edges[index].to));
    }

    /// The mean row of the neighbours; its own row without any.
    double wish(const Cell& cell, std::vector<std::size_t> Cell::*neighbours) const {
        const std::vector<std::size_t>& all = cell.*neighbours;
        if (all.empty()) return static_cast<double>(cell.row);
        const auto sum =
            std::accumulate(all.begin(), all.end(), std::size_t{0},
                            [&](std::size_t rows, std::size_t each) { return rows + cells_[each].row; });
        return static_cast<double>(sum) / static_cast<double>(all.size());
    }

    void sort_column(std::vector<std::size_t>& column, std::vector<std::size_t> Cell::*neighbours) {
        std::stable_sort(column.begin(), column.end(), [&](std::size_t a, std::size_t b) {
            return wish(cells_[a], neighbours) < wish(cells_[b], neighbours);
        });
        for (std::size_t row = 0; row < column.size(); ++row) cells_[column[row]].row = row;
    }

    std::vector<Cell> cells_;
    std::vector<std::vector<std::size_t>> columns_;
    std::map<ServiceName, std::size_t> cell_of_;
};

}  // namespace

GraphLayout layout_of(const std::vector<model::ServiceOutline>& services) {
    std::vector<Edge> edges = edges_of(services);
    if (edges.empty()) return {};
    const auto columns = columns_of(edges);
    Grid grid(edges, columns);
    grid.arrange();
    return grid.result(std::move(edges));
}

}  // namespace dockerext::page
