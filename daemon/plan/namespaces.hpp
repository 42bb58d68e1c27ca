#pragma once

#include "plan/differences.hpp"
#include "plan/work.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Containers that share a namespace with another one, its owner.
namespace dockerext::plan {

/// The container, ours or not, that a mode calls "container:<owner>"; none when it is not there.
std::optional<model::NamespaceOwner> find_owner(std::string_view owner, const model::Observed& observed);

/// Whether both modes lead to the same namespace. The engine may have made an id of a name. One that is
/// wanted by its name and is not there could not be joined either: then what is joined is right.
bool same_namespace(const Expectation& expected, const std::string& want, const std::string& have);

/// A container that runs in the namespace of an earlier run of its owner: only a restart brings it to the
/// present one. Without it, a network has no interface any more, and shared memory nobody else in it.
struct Stranded {
    model::WallTime owner_started;
    std::string reason;
    model::Change change;
};
std::optional<Stranded> stranded(const Work& work, const model::ObservedContainer& container);

}  // namespace dockerext::plan
