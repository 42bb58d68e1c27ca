#pragma once

#include "base/problem.hpp"
#include "compose/node.hpp"

#include <vector>

namespace dockerext::compose {

/// Finds the places that pointers refer to in the original documents, even after their nodes changed.
class ProblemLocator {
public:
    /// Adds documents; problems are sorted in the order in which documents were added.
    void add(std::vector<Node> documents);

    /// Sorts the problems by document and removes duplicates. Problems in YAML begin with line and column.
    std::vector<Problem> sorted(const std::vector<Problem>& problems) const;

private:
    struct DocumentPosition;
    DocumentPosition find(const Problem& problem) const;

    std::vector<Node> documents_;
};

}  // namespace dockerext::compose
