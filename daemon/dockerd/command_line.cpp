#include "dockerd/command_line.hpp"

#include "dockerd/flags.hpp"

#include <algorithm>
#include <tuple>

namespace dockerext::dockerd {
namespace {

bool takes_no_value(std::string_view name) {
    const Flag* flag = find_flag(name);
    return flag != nullptr && flag->kind != Flag::Kind::value;
}

/// Moves the flags without a value from a cluster of letters ("-DH") to `flags`, except for the last letter.
void split_toggles(std::string& word, std::vector<GivenFlag>& flags) {
    while (word.size() > 2 && word[1] != '-' && word[2] != '=' && takes_no_value(long_name(word[1]))) {
        flags.push_back({std::string(long_name(word[1])), std::nullopt});
        word.erase(1, 1);
    }
}

}  // namespace

GivenFlag parse_flag(std::string_view word) {
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

bool takes_value(const GivenFlag& flag, std::string_view next) {
    if (flag.value || takes_no_value(flag.name)) return false;
    return !next.starts_with(find_flag(flag.name) != nullptr ? "--" : "-");
}

std::vector<GivenFlag> parse_flags(std::span<const std::string> arguments) {
    std::vector<GivenFlag> flags;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string word = arguments[i];
        if (word == "--") break;
        if (word.size() < 2 || word[0] != '-') continue;
        split_toggles(word, flags);
        GivenFlag flag = parse_flag(word);
        if (i + 1 < arguments.size() && takes_value(flag, arguments[i + 1])) flag.value = arguments[++i];
        flags.push_back(std::move(flag));
    }
    return flags;
}

bool are_same(std::vector<GivenFlag> one, std::vector<GivenFlag> other) {
    constexpr std::string_view tcp = "tcp://";
    for (std::vector<GivenFlag>* flags : {&one, &other}) {
        for (GivenFlag& flag : *flags) {
            if (flag.name == "host" && flag.value && flag.value->starts_with(tcp))
                flag.value->erase(0, tcp.size());
        }
        std::sort(flags->begin(), flags->end(), [](const GivenFlag& a, const GivenFlag& b) {
            return std::tie(a.name, a.value) < std::tie(b.name, b.value);
        });
    }
    return one == other;
}

}  // namespace dockerext::dockerd
