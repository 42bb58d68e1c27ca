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

/// The texts that a model is made of: its document, and the files that it names.
class Sources {
public:
    explicit Sources(const Input& input) : input_(input) {}

    /// The documents of the model itself; of JSON it is always one.
    Result<std::vector<Node>> of_the_model() const;
    /// The documents of a file of YAML, as it is written. Their pointers begin with the path and "#".
    Result<std::vector<Node>> documents(const std::string& path);
    /// What a file holds. `not_found` when there is none; `invalid_input` also when they are too many.
    Result<std::string_view> text(const std::string& path);

    /// The problems in the order of the texts, each once, and with line and column where there are any.
    std::vector<Problem> in_order(const Problems& problems) const;

private:
    const Input& input_;
    std::map<std::string, std::string> files_;  ///< path → text
    std::size_t bytes_ = 0;
};

}  // namespace dockerext::compose
