#include "settings/docker_settings.hpp"

#include "base/json_reader.hpp"
#include "base/url.hpp"
#include "dockerd/config_keys.hpp"
#include "dockerd/flags.hpp"
#include "dockerd/option_values.hpp"
#include "settings/values.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
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
bool is_combined_flags(std::string_view text) {
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
            complain(argument, "expected an option of dockerd that begins with '-', found " +
                                   describe_value(argument.item));
            return;
        }
        dockerd::GivenFlag given = dockerd::parse_flag(argument.text);
        const dockerd::Flag* flag = dockerd::find_flag(given.name);
        if (flag != nullptr && flag->kind == dockerd::Flag::Kind::exit) {
            complain(argument, "--" + given.name + " makes dockerd exit instead of running");
            return;
        }
        const bool takes_no_value = flag != nullptr && flag->kind == dockerd::Flag::Kind::toggle;
        if (takes_no_value && is_combined_flags(argument.text)) {
            complain(argument, "expected one option, found several letters; write each by itself");
            return;
        }
        if (next_ < arguments_.size() && dockerd::takes_value(given, arguments_[next_].text)) {
            given.value = arguments_[next_++].text;
        } else if (!given.value && !takes_no_value && flag != nullptr) {
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

/// Reads the array docker.options. An item may contain several words ("--dns 8.8.8.8"), as the old extension
/// allowed.
EngineOptions read_options(const JsonCursor& array, Problems& problems) {
    return OptionsReader(read_arguments(array, problems), problems).read();
}

/// Refuses flags that set what `config` sets as well, because dockerd would not start. `config` is the object
/// docker.config.
void refuse_contradictions(const EngineOptions& options, const JsonCursor& config, Problems& problems) {
    std::vector<dockerd::GivenFlag> flags;
    for (const EngineOption& option : options.flags) flags.push_back(option.flag);
    const auto keys = dockerd::config_keys(config);
    for (const dockerd::OptionConflict& conflict : dockerd::option_conflicts(flags, keys)) {
        problems.add(options.flags[conflict.flag].pointer,
                     "--" + flags[conflict.flag].name + " and " + keys[conflict.key].pointer +
                         " set the same thing; dockerd does not start with both, keep one");
    }
}

constexpr std::int64_t max_port = 65535;

std::optional<std::int64_t> parse_number(const std::string& text) {
    std::int64_t number = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, number);
    const bool whole = error == std::errc{} && end == last && !text.starts_with('0');
    return whole ? std::optional(number) : std::nullopt;
}

/// A number, or a text of one, which is the only form that the old extension accepted.
std::optional<std::uint16_t> read_port(const JsonCursor& value, Problems& problems) {
    std::optional<std::int64_t> port;
    if (const auto text = value.string()) port = parse_number(*text);
    else if (const auto number = value.integer()) port = *number;
    if (port && *port >= 1 && *port <= max_port) return static_cast<std::uint16_t>(*port);
    problems.add(value.pointer(), "expected a port from 1 to 65535, found " + describe_value(value));
    return std::nullopt;
}

bool is_empty_text(const JsonCursor& value) {
    const auto text = value.string();
    return text && text->empty();
}

/// Whether the text is a version as package managers write it. It must never be taken for one of their
/// options.
bool is_version(std::string_view text) {
    const auto allowed = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view(".+:~-_").find(c) != std::string_view::npos;
    };
    return !text.empty() && std::isalnum(static_cast<unsigned char>(text.front())) != 0 &&
           std::all_of(text.begin(), text.end(), allowed);
}

bool is_url(std::string_view text) {
    const auto url = split_url(text);
    return is_web(url) && !url->rest.empty() &&
           url->rest.find_first_of(" \t\r\n\"'\\") == std::string_view::npos;
}

/// The fingerprint of a version 4 key, written as `gpg --fingerprint` shows it, with spaces; "" for anything
/// else.
std::string parse_fingerprint(std::string text) {
    constexpr std::size_t digits = 40;
    std::erase(text, ' ');
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    const bool hex = text.find_first_not_of("0123456789ABCDEF") == std::string::npos;
    return hex && text.size() == digits ? text : "";
}

model::EngineSource read_source(const JsonCursor& value, Problems& problems) {
    return read_one_of<model::EngineSource>(value, problems).value_or(model::EngineSource::distro);
}

void check_install(const JsonCursor& install, const model::DockerSettings& docker, Problems& problems) {
    const bool pinned = !docker.install_version.empty() || !docker.install_mirror.empty();
    if (docker.install == model::EngineSource::none && pinned)
        problems.add(install.pointer(), "source \"none\" installs nothing; remove version and mirror");
    if (!docker.install_key.empty() && docker.install_mirror.empty())
        problems.add(install.pointer() + "/key", "needs a mirror; set docker.install.mirror");
}

void read_install_object(const JsonCursor& install, model::DockerSettings& docker, Problems& problems) {
    ObjectReader reader(install, problems);
    if (const auto value = reader.take("source")) docker.install = read_source(*value, problems);
    if (const auto version = reader.string("version")) {
        if (is_version(*version)) docker.install_version = *version;
        else
            problems.add(install.pointer() + "/version",
                         "expected a version such as \"5:27.5.1\" or \"20.10.24\"");
    }
    if (const auto mirror = reader.string("mirror")) {
        if (is_url(*mirror)) docker.install_mirror = *mirror;
        else problems.add(install.pointer() + "/mirror", "expected an http:// or https:// address");
    }
    if (const auto key = reader.string("key")) {
        docker.install_key = parse_fingerprint(*key);
        if (docker.install_key.empty())
            problems.add(install.pointer() + "/key",
                         "expected the fingerprint of an OpenPGP key, 40 hexadecimal digits");
    }
    if (const auto value = reader.take("on-uninstall")) {
        docker.on_uninstall =
            read_one_of<model::OnUninstall>(*value, problems).value_or(model::OnUninstall::keep);
    }
    reader.finish("docker.install");
    check_install(install, docker, problems);
}

void read_install(const JsonCursor& install, model::DockerSettings& docker, Problems& problems) {
    if (install.is(JsonType::object)) read_install_object(install, docker, problems);
    else docker.install = read_source(install, problems);
}

std::optional<JsonCursor> read_config(std::optional<JsonCursor> config, Problems& problems) {
    if (!config || config->is(JsonType::object)) return config;
    problems.add(config->expected("object"));
    return std::nullopt;
}

}  // namespace

DockerPart read_docker(const JsonCursor& docker, Problems& problems) {
    DockerPart part;
    ObjectReader reader(docker, problems);
    if (const auto port = reader.take("port"); port && !is_empty_text(*port)) {
        part.settings.port = read_port(*port, problems);
    }
    part.settings.insecure_port = reader.boolean("insecure-port").value_or(false);
    if (const auto options = reader.take("options")) part.options = read_options(*options, problems);
    part.config = read_config(reader.take("config"), problems);
    if (const auto install = reader.take("install")) read_install(*install, part.settings, problems);
    reader.finish("docker");

    if (part.config) refuse_contradictions(part.options, *part.config, problems);
    if (part.config) part.settings.config = part.config->text();
    part.settings.options = part.options.arguments;
    return part;
}

std::optional<JsonCursor> config_member(const DockerPart& docker, std::string_view key) {
    if (!docker.config) return std::nullopt;
    const auto member = docker.config->find(key);
    return member ? *member : std::nullopt;
}

void check_option_values(const DockerPart& docker, Problems& problems) {
    for (const EngineOption& option : docker.options.flags) {
        if (std::string problem = dockerd::flag_problem(option.flag); !problem.empty())
            problems.add(option.pointer, std::move(problem));
    }
    if (docker.config) dockerd::check_config_values(*docker.config, problems);
}

}  // namespace dockerext::settings
