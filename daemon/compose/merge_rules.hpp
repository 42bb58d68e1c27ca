#pragma once

#include <string>
#include <vector>

namespace dockerext::compose {

using Path = std::vector<std::string>;

/// How a key is merged.
enum class Rule { plain, sequence, replace, hosts, build, dependencies, names, logging, pools };

/// The rule for the key at this path, which begins with a section: {"services", "web", "build"}.
Rule rule_of(const Path& path);

}  // namespace dockerext::compose
