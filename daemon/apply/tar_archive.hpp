#pragma once

#include "base/error.hpp"
#include "model/desired.hpp"

#include <string>
#include <vector>

namespace dockerext::apply {

/// The files as a tar (ustar). The only file that knows libarchive is tar_archive.cpp.
Result<std::string> tar_of(const std::vector<model::InjectedFile>& files);

}  // namespace dockerext::apply
