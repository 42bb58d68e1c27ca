#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dockerext {

/// Opens a folder for reading, relative to `folder`. A link is `invalid_input`, as is anything else that is
/// no folder.
Result<UniqueFd> open_folder_in(int folder, const std::string& name);

/// Every name in the folder but "." and "..", in no order.
Result<> each_name(const UniqueFd& folder, const std::function<void(std::string_view)>& visit);

/// The same names, sorted; `invalid_input` when they are more than `most`.
Result<std::vector<std::string>> names_in(const UniqueFd& folder, std::size_t most);

}  // namespace dockerext
