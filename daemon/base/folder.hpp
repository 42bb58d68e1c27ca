#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

/// Opens a folder for reading, relative to `folder`. A symbolic link or anything else that is not a folder is
/// `invalid_input`.
Result<UniqueFd> open_folder_in(int folder, const std::string& name);

/// Visits every name in the folder except "." and "..", in no particular order.
Result<> each_name(const UniqueFd& folder, const std::function<void(std::string_view)>& visit);

/// The same names, sorted; `invalid_input` if there are more than `max_count`.
Result<std::vector<std::string>> names_in(const UniqueFd& folder, std::size_t max_count);

}  // namespace dockerext
