#pragma once

#include "base/problem.hpp"
#include "compose/node.hpp"

#include <vector>

namespace dockerext::compose {

/// Finds what pointers point to in documents as they were written, whatever became of their nodes since.
class ProblemLocator {
public:
    /// One document after another, in the order that problems shall have.
    void add(std::vector<Node> documents);

    /// The problems in the order of the documents, each once; those that stand in YAML begin with line and
    /// column.
    std::vector<Problem> in_order(const std::vector<Problem>& problems) const;

private:
    struct Found;
    Found find(const Problem& problem) const;

    std::vector<Node> documents_;
};

}  // namespace dockerext::compose
