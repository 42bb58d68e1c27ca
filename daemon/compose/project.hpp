#pragma once

#include "compose/document.hpp"
#include "compose/file_object.hpp"
#include "compose/resource.hpp"
#include "compose/service.hpp"

#include <map>
#include <set>
#include <string>

namespace dockerext::compose {

/// Compose's own model of a project, from reading to resolving.
struct Project {
    std::string name;
    std::map<std::string, Service> services;  ///< only the active ones once profiles are applied
    std::set<std::string> inactive;
    std::map<std::string, Network> networks;
    std::map<std::string, Volume> volumes;
    std::map<std::string, FileObject> configs, secrets;
};

/// Reads the sections into typed values, without resolving anything.
Project read_project(const Sections& sections, Diagnostics& diagnostics);

}  // namespace dockerext::compose
