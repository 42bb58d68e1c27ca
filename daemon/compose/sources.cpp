#include "compose/sources.hpp"

#include "base/json_document.hpp"
#include "compose/problem_locator.hpp"
#include "compose/yaml.hpp"

namespace dockerext::compose {
namespace {

constexpr std::size_t max_files = 1000;
constexpr std::size_t total_limit = std::size_t{16} << 20;

/// The prefix of the pointers of a file's nodes.
std::string root_pointer(const std::string& path) { return path + "#"; }

Result<std::vector<Node>> require_documents(Result<std::vector<Node>> documents) {
    if (!documents || !documents->empty()) return documents;
    return Error(ErrorKind::invalid_input, "the document is empty");
}

}  // namespace

Result<std::vector<Node>> Sources::model_documents() const {
    const auto document = JsonDocument::parse(input_.document);
    if (!document) return document.error();
    Node root = to_node(document->root(input_.pointer));
    if (root.text()) return require_documents(parse_yaml(*root.text(), input_.pointer));
    std::vector<Node> documents;
    documents.push_back(std::move(root));
    return documents;
}

Result<std::vector<Node>> Sources::documents(const std::string& path) {
    const auto found = text(path);
    if (!found) return found.error();
    return require_documents(parse_yaml(*found, root_pointer(path)));
}

Result<std::string_view> Sources::text(const std::string& path) {
    const auto known = files_.find(path);
    if (known != files_.end()) return std::string_view(known->second);
    if (!input_.read_file) return Error(ErrorKind::invalid_input, "files cannot be read here");
    if (files_.size() == max_files) {
        return Error(ErrorKind::invalid_input, "more than " + std::to_string(max_files) + " files are named");
    }
    auto read = input_.read_file(path);
    if (!read) return read.error();
    bytes_ += read->size();
    if (bytes_ > total_limit) return Error(ErrorKind::invalid_input, "the files are too large altogether");
    return std::string_view(files_.emplace(path, std::move(*read)).first->second);
}

std::vector<Problem> Sources::sorted(const Problems& problems) const {
    if (problems.empty()) return {};
    ProblemLocator places;
    if (auto roots = model_documents()) places.add(std::move(*roots));
    for (const auto& [path, text] : files_) {
        if (auto roots = parse_yaml(text, root_pointer(path))) places.add(std::move(*roots));
    }
    return places.sorted(problems.all());
}

}  // namespace dockerext::compose
