#pragma once

#include <span>
#include <string_view>

namespace dockerext::dockerd {

/// A command line flag of dockerd.
struct Flag {
    enum class Kind {
        toggle,  ///< stands alone, or has =true or =false
        value,   ///< is followed by its value
        exit     ///< makes dockerd print something and exit
    };
    std::string_view name;  ///< without dashes
    Kind kind = Kind::value;
    /// The key of daemon.json that must not be set together with the flag; "" if dockerd merges the two.
    std::string_view key = name;
    /// Another name of that key, which only some versions know.
    std::string_view second_key = {};
};

/// Those of dockerd 20.10 to 29.
std::span<const Flag> all_flags();

/// Null for a flag that only other versions of dockerd know; assume that its key has the same name.
const Flag* find_flag(std::string_view name);

/// "debug" for 'D'; "" for an unknown letter.
std::string_view long_name(char letter);

}  // namespace dockerext::dockerd
