#include "settings/engine_options.hpp"

#include "settings/choice.hpp"
#include "settings/dockerd_flags.hpp"

#include <sstream>
#include <utility>

namespace dockerext::settings {
namespace {

struct Argument {
    std::string text;
    JsonCursor item;  ///< where it came from
};

/// The words of an item. One whose first word has a value after '=' is a single argument, blanks and all
/// ("--label=note=two words"), unless its next word is a flag again.
std::vector<std::string> words_of(const std::string& item) {
    std::istringstream stream(item);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(std::move(word));
    const bool several = words.size() > 1 && item.starts_with('-') &&
                         (words[0].find('=') == std::string::npos || words[1].starts_with('-'));
    if (several) return words;
    return {item};
}

std::vector<Argument> read_arguments(const JsonCursor& array, Problems& problems) {
    std::vector<Argument> arguments;
    const auto items = array.items();
    if (!items) {
        problems.add(items.error());
        return arguments;
    }
    for (const JsonCursor& item : *items) {
        const auto text = item.string();
        if (!text) problems.add(text.error());
        if (text && text->empty())
            problems.add(item.pointer(), "expected an argument of dockerd, found \"\"");
        if (!text || text->empty()) continue;
        for (std::string& word : words_of(*text)) arguments.push_back({std::move(word), item});
    }
    return arguments;
}

/// "--name", "--name=value", "-H", "-Hvalue" and "-H=value" taken apart.
EngineOption taken_apart(const Argument& argument) {
    std::string_view text = argument.text;
    EngineOption option{.name = {}, .value = {}, .pointer = argument.item.pointer()};
    if (text.starts_with("--")) {
        text.remove_prefix(2);
        const std::size_t equals = text.find('=');
        option.name = text.substr(0, equals);
        if (equals != std::string_view::npos) option.value = text.substr(equals + 1);
        return option;
    }
    const std::string_view name = text.size() > 1 ? long_name(text[1]) : "";
    option.name = name.empty() ? text.substr(1) : name;
    if (!name.empty() && text.size() > 2) option.value = text.substr(text[2] == '=' ? 3 : 2);
    return option;
}

/// "-DH": a letter, and no '=' after it.
bool is_cluster(std::string_view text) {
    return !text.starts_with("--") && text.size() > 2 && text[2] != '=';
}

class OptionsReader {
public:
    OptionsReader(std::vector<Argument> arguments, Problems& problems)
        : arguments_(std::move(arguments)), problems_(problems) {}

    EngineOptions read() {
        while (next_ < arguments_.size()) read_one();
        for (Argument& argument : arguments_) options_.arguments.push_back(std::move(argument.text));
        return std::move(options_);
    }

private:
    void read_one() {
        const Argument& argument = arguments_[next_++];
        if (!argument.text.starts_with('-')) {
            complain(argument,
                     "expected an option of dockerd that begins with '-', found " + shown(argument.item));
            return;
        }
        EngineOption option = taken_apart(argument);
        const DockerdFlag* flag = find_flag(option.name);
        if (flag != nullptr && flag->kind == DockerdFlag::Kind::exit) {
            complain(argument, "--" + option.name + " makes dockerd exit instead of running");
            return;
        }
        const bool stands_alone = flag != nullptr && flag->kind == DockerdFlag::Kind::toggle;
        if (stands_alone && is_cluster(argument.text)) {
            complain(argument, "expected one option, found several letters; write each by itself");
            return;
        }
        if (!option.value && !stands_alone) take_value(argument, option, flag);
        options_.flags.push_back(std::move(option));
    }

    /// The value of an option may be the next argument. Whether a flag nobody knows takes one is not known
    /// either: a word that follows it is taken for it.
    void take_value(const Argument& argument, EngineOption& option, const DockerdFlag* flag) {
        const bool follows = next_ < arguments_.size() && !arguments_[next_].text.starts_with("--");
        if (follows && (flag != nullptr || !arguments_[next_].text.starts_with('-'))) {
            option.value = arguments_[next_++].text;
        } else if (flag != nullptr) {
            complain(argument, "--" + option.name + " needs a value");
        }
    }

    void complain(const Argument& argument, std::string message) {
        problems_.add(argument.item.pointer(), std::move(message));
    }

    std::vector<Argument> arguments_;
    Problems& problems_;
    std::size_t next_ = 0;
    EngineOptions options_;
};

}  // namespace

EngineOptions read_options(const JsonCursor& array, Problems& problems) {
    return OptionsReader(read_arguments(array, problems), problems).read();
}

void refuse_contradictions(const EngineOptions& options, const JsonCursor& config, Problems& problems) {
    for (const EngineOption& option : options.flags) {
        const DockerdFlag* flag = find_flag(option.name);
        const auto member = config.find(flag != nullptr ? flag->key : std::string_view(option.name));
        if (!member || !*member) continue;
        problems.add(option.pointer, "--" + option.name + " and " + (*member)->pointer() +
                                         " set the same thing; dockerd does not start with both, keep one");
    }
}

}  // namespace dockerext::settings
