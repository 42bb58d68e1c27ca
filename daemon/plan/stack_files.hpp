#pragma once

#include "model/stack.hpp"

#include <map>
#include <string>
#include <vector>

namespace dockerext::plan {

/// What a config or secret of the model is in the swarm.
struct ResolvedFile {
    model::StackFile wanted;  ///< under its final name, and with the label of its content
    std::string id;           ///< "" if it does not exist yet
};

/// The object for a file of the model: the one with its name if that has its content; else another one, whose
/// name ends with a digest of the content, because an object's content cannot be changed. Of a secret, only
/// our own label tells the content.
ResolvedFile resolve_file(const model::StackFile& file, const model::ProjectName& stack,
                          const std::vector<model::ObservedStackFile>& observed);

/// Whether an object with these labels is one of this stack.
bool is_of_stack(const std::map<std::string, std::string>& labels, const model::ProjectName& stack);

}  // namespace dockerext::plan
