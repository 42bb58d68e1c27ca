#pragma once

#include <string_view>

namespace dockerext::model {

/// What is known of a command line flag of dockerd.
struct DockerdFlag {
    enum class Kind {
        toggle,  ///< stands alone, or has =true or =false
        value,   ///< is followed by its value
        exit     ///< makes dockerd print something and end
    };
    std::string_view name;  ///< without dashes
    Kind kind = Kind::value;
    /// The key of daemon.json that may not be set beside it; "" when dockerd merges the two.
    std::string_view key = name;
    /// Another name of that key, which only some versions know.
    std::string_view second_key = {};
};

/// None for a flag that only other versions of dockerd know; its key would have the same name.
const DockerdFlag* find_flag(std::string_view name);

/// "debug" for 'D'; "" when there is none.
std::string_view long_name(char letter);

}  // namespace dockerext::model
