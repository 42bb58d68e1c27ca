#include "dockerd/command_line.hpp"

#include "dockerd/flags.hpp"

namespace dockerext::dockerd {
namespace {

bool stands_alone(std::string_view name) {
    const Flag* flag = find_flag(name);
    return flag != nullptr && flag->kind != Flag::Kind::value;
}

/// Moves the flags without a value from a cluster of letters ("-DH") to `flags`, except for the last letter.
void take_toggles(std::string& word, std::vector<GivenFlag>& flags) {
    while (word.size() > 2 && word[1] != '-' && word[2] != '=' && stands_alone(long_name(word[1]))) {
        flags.push_back({std::string(long_name(word[1])), std::nullopt});
        word.erase(1, 1);
    }
}

}  // namespace

GivenFlag flag_in(std::string_view word) {
    GivenFlag flag;
    if (word.starts_with("--")) {
        word.remove_prefix(2);
        const std::size_t equals = word.find('=');
        flag.name = word.substr(0, equals);
        if (equals != std::string_view::npos) flag.value = word.substr(equals + 1);
        return flag;
    }
    const std::string_view name = word.size() > 1 ? long_name(word[1]) : "";
    flag.name = name.empty() ? word.substr(1) : name;
    if (!name.empty() && word.size() > 2) flag.value = word.substr(word[2] == '=' ? 3 : 2);
    return flag;
}

bool takes(const GivenFlag& flag, std::string_view next) {
    if (flag.value || stands_alone(flag.name)) return false;
    return !next.starts_with(find_flag(flag.name) != nullptr ? "--" : "-");
}

std::vector<GivenFlag> flags_in(std::span<const std::string> arguments) {
    std::vector<GivenFlag> flags;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string word = arguments[i];
        if (word == "--") break;
        if (word.size() < 2 || word[0] != '-') continue;
        take_toggles(word, flags);
        GivenFlag flag = flag_in(word);
        if (i + 1 < arguments.size() && takes(flag, arguments[i + 1])) flag.value = arguments[++i];
        flags.push_back(std::move(flag));
    }
    return flags;
}

}  // namespace dockerext::dockerd
