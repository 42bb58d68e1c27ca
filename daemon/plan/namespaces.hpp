#pragma once

#include "plan/differences.hpp"
#include "plan/work.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Containers that share the namespace of another container, its owner.
namespace dockerext::plan {

/// The container that a mode names as "container:<owner>", whether or not the daemon owns it; none if it does
/// not exist.
std::optional<model::NamespaceOwner> find_owner(std::string_view owner, const model::Observed& observed);

/// Whether both modes refer to the same namespace. The engine may have replaced a name by an id. When the
/// wanted container is named and does not exist, nothing could join it either, so the present mode counts as
/// right.
bool same_namespace(const Expectation& expected, const std::string& want, const std::string& have);

/// A container in the namespace of an earlier run of its owner. Only a restart moves it to the present one.
/// Until then its network has no interface, and its shared memory is shared with no other container.
struct StaleNamespace {
    model::WallTime owner_started;
    std::string reason;
    model::Change change;
};
std::optional<StaleNamespace> find_stale_namespace(const Work& work,
                                                   const model::ObservedContainer& container);

}  // namespace dockerext::plan
