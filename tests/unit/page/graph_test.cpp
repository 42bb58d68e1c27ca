#include "page/graph.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace dockerext::page {
namespace {

using Needs = std::vector<std::pair<std::string, std::vector<std::string>>>;

std::vector<model::ServiceOutline> services(const Needs& all) {
    std::vector<model::ServiceOutline> services;
    for (const auto& [name, needs] : all) {
        model::ServiceOutline service;
        service.name = {name};
        for (const std::string& need : needs)
            service.depends_on[{need}] = model::DependencyCondition::started;
        services.push_back(std::move(service));
    }
    return services;
}

/// "db 0,0; web 1,0": each service with column and row; then each edge with its bends.
std::string text_of(const GraphLayout& layout) {
    const auto place_text = [](GraphLayout::Place place) {
        return std::to_string(place.column) + "," + std::to_string(place.row);
    };
    std::string text;
    for (const auto& [name, place] : layout.places) text += name.value + " " + place_text(place) + "; ";
    for (const auto& edge : layout.edges) {
        text += edge.from.value + ">" + edge.to.value;
        for (const auto& bend : edge.bends) text += " " + place_text(bend);
        text += "; ";
    }
    return text;
}

TEST(GraphLayout, PutsEachServiceBehindWhatItNeeds) {
    EXPECT_EQ(
        text_of(layout_of(services({{"web", {"api", "db"}}, {"api", {"db"}}, {"db", {}}, {"alone", {}}}))),
        "api 1,0; db 0,0; web 2,0; api>web; db>api; db>web 1,1; ");
}

TEST(GraphLayout, PutsServicesBesideTheirNeeds) {
    EXPECT_EQ(text_of(layout_of(services({{"x", {"b"}}, {"y", {"a"}}, {"a", {}}, {"b", {}}}))),
              "a 0,0; b 0,1; x 1,1; y 1,0; a>y; b>x; ");
}

TEST(GraphLayout, LeavesOutWhatDoesNotExistAndCycles) {
    EXPECT_EQ(text_of(layout_of(services({{"web", {"gone"}}}))), "");
    EXPECT_EQ(text_of(layout_of(services({{"a", {"b", "a"}}, {"b", {"a"}}, {"c", {"d"}}, {"d", {}}}))),
              "c 1,0; d 0,0; d>c; ");
}

/// Of random graphs: every edge leads to the right, through one bend in each column between; no two things
/// share a place; the order of the services does not matter.
TEST(GraphLayout, HoldsForAnyGraph) {
    std::mt19937 random(1);
    for (int round = 0; round < 60; ++round) {
        const auto count = 1 + random() % 30;
        Needs needs;
        for (std::size_t i = 0; i < count; ++i) {
            needs.push_back({"s" + std::to_string(i), {}});
            for (std::size_t j = 0; j < i; ++j)
                if (random() % 5 == 0) needs.back().second.push_back("s" + std::to_string(j));
        }
        auto all = services(needs);
        const GraphLayout layout = layout_of(all);
        std::set<GraphLayout::Place> taken;
        for (const auto& [name, place] : layout.places) EXPECT_TRUE(taken.insert(place).second);
        for (const auto& edge : layout.edges) {
            std::size_t column = layout.places.at(edge.from).column;
            for (const auto& bend : edge.bends) {
                EXPECT_TRUE(taken.insert(bend).second);
                EXPECT_EQ(bend.column, ++column);
            }
            EXPECT_EQ(layout.places.at(edge.to).column, column + 1);
        }
        for (const auto& place : taken) EXPECT_LT(place.row, layout.heights.at(place.column));
        std::shuffle(all.begin(), all.end(), random);
        EXPECT_EQ(text_of(layout_of(all)), text_of(layout));
    }
}

}  // namespace
}  // namespace dockerext::page
