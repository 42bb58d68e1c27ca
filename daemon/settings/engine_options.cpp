#include "settings/engine_options.hpp"

#include "dockerd/config_keys.hpp"
#include "dockerd/flags.hpp"
#include "settings/choice.hpp"

#include <sstream>
#include <utility>

namespace dockerext::settings {
namespace {

struct Argument {
    std::string text;
    JsonCursor item;  ///< the item that contains it
};

/// Splits an item into words. If the first word has a value after '=', the item is a single argument,
/// including its blanks ("--label=note=two words"), unless the next word is also a flag.
std::vector<std::string> split_words(const std::string& item) {
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
        for (std::string& word : split_words(*text)) arguments.push_back({std::move(word), item});
    }
    return arguments;
}

/// Whether the text is several short flags in one, such as "-DH": more than one letter, without '='.
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
        dockerd::GivenFlag given = dockerd::flag_in(argument.text);
        const dockerd::Flag* flag = dockerd::find_flag(given.name);
        if (flag != nullptr && flag->kind == dockerd::Flag::Kind::exit) {
            complain(argument, "--" + given.name + " makes dockerd exit instead of running");
            return;
        }
        const bool stands_alone = flag != nullptr && flag->kind == dockerd::Flag::Kind::toggle;
        if (stands_alone && is_cluster(argument.text)) {
            complain(argument, "expected one option, found several letters; write each by itself");
            return;
        }
        if (next_ < arguments_.size() && dockerd::takes(given, arguments_[next_].text)) {
            given.value = arguments_[next_++].text;
        } else if (!given.value && !stands_alone && flag != nullptr) {
            complain(argument, "--" + given.name + " needs a value");
        }
        options_.flags.push_back({std::move(given), argument.item.pointer()});
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
    std::vector<dockerd::GivenFlag> flags;
    for (const EngineOption& option : options.flags) flags.push_back(option.flag);
    const auto keys = dockerd::config_keys(config);
    for (const dockerd::OptionConflict& clash : dockerd::clashes(flags, keys)) {
        problems.add(options.flags[clash.flag].pointer,
                     "--" + flags[clash.flag].name + " and " + keys[clash.key].pointer +
                         " set the same thing; dockerd does not start with both, keep one");
    }
}

}  // namespace dockerext::settings
