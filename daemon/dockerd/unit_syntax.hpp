#pragma once

#include "base/error.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

/// The notations of systemd's unit files (systemd.syntax(7), systemd.service(5) "Command lines",
/// systemd.exec(5) "EnvironmentFile=").
namespace dockerext::dockerd {

struct UnitSetting {
    std::string section;  ///< "Service"
    std::string key, value;
    bool operator==(const UnitSetting&) const = default;
};

/// The settings of a unit file or drop-in, in their order, without comments and with continued lines joined.
std::vector<UnitSetting> unit_settings(std::string_view text);

enum class Escapes {
    c,      ///< "\t", "\x41", as in a setting
    simple  ///< a backslash stands for the character after it, as in a variable's value
};

/// Splits `text` into words, with quotes removed and escapes resolved. Specifiers ("%i") and variables stay
/// unchanged. Fails when a quote is not closed.
Result<std::vector<std::string>> unit_words(std::string_view text, Escapes escapes = Escapes::c);

/// Quotes `word` if necessary, so that unit_words returns it unchanged.
std::string unit_word(std::string_view word);

/// The variables in a file that EnvironmentFile= names.
std::map<std::string, std::string> environment_file(std::string_view text);

}  // namespace dockerext::dockerd
