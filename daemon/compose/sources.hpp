#pragma once

#include "base/error.hpp"
#include "base/problem.hpp"
#include "compose/load.hpp"
#include "compose/node.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext::compose {

/// The texts of a model: its document, and the files that it names.
class Sources {
public:
    explicit Sources(const Input& input) : input_(input) {}

    /// The documents of the model itself; JSON always has exactly one.
    Result<std::vector<Node>> model_documents() const;
    /// The documents of a YAML file, as written. Their pointers begin with the path and "#".
    Result<std::vector<Node>> documents(const std::string& path);
    /// The content of a file. `not_found` when it does not exist; `invalid_input` also when there are too
    /// many files.
    Result<std::string_view> text(const std::string& path);

    /// Sorts the problems by text, removes duplicates, and adds line and column where known.
    std::vector<Problem> sorted(const Problems& problems) const;

private:
    const Input& input_;
    std::map<std::string, std::string> files_;  ///< path → text
    std::size_t bytes_ = 0;
};

}  // namespace dockerext::compose
