#include "compose/problem_locator.hpp"

#include <algorithm>
#include <charconv>
#include <compare>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

namespace dockerext::compose {
namespace {

/// A path from a root: for each list or map on it, the index of the member that it passes through.
using NodePath = std::vector<std::size_t>;

std::string unescaped(std::string_view token) {
    std::string text;
    for (std::size_t i = 0; i < token.size(); ++i) {
        const bool escape = token[i] == '~' && i + 1 < token.size();
        if (escape) ++i;
        text += !escape ? token[i] : token[i] == '1' ? '/' : '~';
    }
    return text;
}

/// The member that a pointer's token names, and its index; null if there is none.
const Node* step(const Node& from, std::string_view token, std::size_t& number) {
    if (const Node::List* list = from.list()) {
        const auto parsed = std::from_chars(token.data(), token.data() + token.size(), number);
        return parsed.ec == std::errc() && number < list->size() ? &(*list)[number] : nullptr;
    }
    if (!from.map()) return nullptr;
    const std::string key = unescaped(token);
    for (number = 0; number < from.map()->size(); ++number) {
        if ((*from.map())[number].first == key) return &(*from.map())[number].second;
    }
    return nullptr;
}

/// Follows the pointer as far as it leads.
std::pair<const Node*, NodePath> walk(const Node& root, std::string_view pointer) {
    const Node* at = &root;
    NodePath node_path;
    while (pointer.starts_with('/')) {
        pointer.remove_prefix(1);
        std::size_t number = 0;
        const Node* next = step(*at, pointer.substr(0, pointer.find('/')), number);
        if (!next) break;
        node_path.push_back(number);
        at = next;
        pointer.remove_prefix(std::min(pointer.find('/'), pointer.size()));
    }
    return {at, std::move(node_path)};
}

bool begins(std::string_view path, std::string_view root) {
    return path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/');
}

}  // namespace

struct ProblemLocator::DocumentPosition {
    std::size_t document = 0;
    SourceLocation place;
    NodePath node_path;
    auto operator<=>(const DocumentPosition&) const = default;
};

void ProblemLocator::add(std::vector<Node> documents) {
    std::move(documents.begin(), documents.end(), std::back_inserter(documents_));
}

ProblemLocator::DocumentPosition ProblemLocator::find(const Problem& problem) const {
    for (std::size_t document = 0; document < documents_.size(); ++document) {
        const Node& root = documents_[document];
        if (!begins(problem.path, root.pointer)) continue;
        auto [node, node_path] = walk(root, std::string_view(problem.path).substr(root.pointer.size()));
        return {document, node->place, std::move(node_path)};
    }
    return {};
}

std::vector<Problem> ProblemLocator::sorted(const std::vector<Problem>& problems) const {
    std::vector<std::pair<DocumentPosition, Problem>> found;
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (const Problem& problem : problems) {
        if (seen.emplace(problem.path, problem.message).second) found.emplace_back(find(problem), problem);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<Problem> ordered;
    for (auto& [at, problem] : found) {
        if (at.place.line > 0) {
            problem.message = "line " + std::to_string(at.place.line) + ", column " +
                              std::to_string(at.place.column) + ": " + problem.message;
        }
        ordered.push_back(std::move(problem));
    }
    return ordered;
}

}  // namespace dockerext::compose
