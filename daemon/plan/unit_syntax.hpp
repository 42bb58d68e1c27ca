#pragma once

#include "base/error.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

/// The notations of systemd's unit files (systemd.syntax(7), systemd.service(5) "Command lines",
/// systemd.exec(5) "EnvironmentFile=").
namespace dockerext::plan {

struct UnitSetting {
    std::string section;  ///< "Service"
    std::string key, value;
    bool operator==(const UnitSetting&) const = default;
};

/// The settings of a unit file or drop-in in their order, without comments, continued lines in one.
std::vector<UnitSetting> unit_settings(std::string_view text);

enum class Escapes {
    c,      ///< "\t", "\x41", as in a setting
    simple  ///< a backslash stands for the character after it, as in a variable's value
};

/// `text` as words: quotes taken off, escapes resolved; specifiers ("%i") and variables stay as they are. An
/// error when a quote is not closed.
Result<std::vector<std::string>> unit_words(std::string_view text, Escapes escapes = Escapes::c);

/// `word` in such a way that unit_words gives it back: as it is, or quoted.
std::string unit_word(std::string_view word);

/// A file of variables, as EnvironmentFile= names one.
std::map<std::string, std::string> environment_file(std::string_view text);

}  // namespace dockerext::plan
