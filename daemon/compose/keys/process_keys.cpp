#include "compose/command_line.hpp"
#include "compose/key.hpp"

#include <array>

namespace dockerext::compose {
namespace {

void read_words(const Node::List& list, std::vector<std::string>& words, Report& report) {
    for (const Node& item : list) {
        if (item.text()) words.push_back(*item.text());
        else report.expected(item, "string");
    }
}

void read_command(const Node& node, Command& into, Report& report) {
    if (node.is_null()) return;
    auto& words = into.words.emplace();
    if (node.list()) return read_words(*node.list(), words, report);
    if (!node.text()) return report.expected(node, "string or list");
    auto line = split_command(*node.text());
    if (!line) return report.problem(node, line.error().message());
    words = std::move(line->words);
    if (!line->ignored.empty()) {
        report.warn(node,
                    "what follows the first unquoted ; & | < or > is dropped, as Compose does: no shell "
                    "runs this; write [\"sh\", \"-c\", \"…\"] for one");
    }
}

/// Always written: null is "not given".
template <auto member>
void write_command(const Service& from, std::string_view name, CanonicalJson& json) {
    json.key(name);
    const Command& command = from.*member;
    if (!command.words) return json.null();
    json.open_array();
    for (const std::string& word : *command.words) json.string(word);
    json.close_array();
}

template <auto member, auto target>
constexpr Key command_key(std::string_view name) {
    return {{name, read_member_by<member, read_command>, write_command<member>},
            [](const Service& from, const Naming&, model::Service& into) {
                into.container.*target = (from.*member).words;
            }};
}

void read_environment(const Node& node, MaybeTexts& into, Report& report) {
    read(node, into, report);
    if (into.erase("") > 0) report.problem(node, "a variable without a name");
}

void apply_image(const Service& from, const Naming&, model::Service& into) {
    into.container.image.value = from.image;
}

using model::ContainerSpec;

constexpr std::array keys = std::to_array<Key>({
    {field<&Service::image>("image"), apply_image},
    command_key<&Service::command, &ContainerSpec::command>("command"),
    command_key<&Service::entrypoint, &ContainerSpec::entrypoint>("entrypoint"),
    {field<&Service::environment, read_environment>("environment"),
     copy_member<&Service::environment, &ContainerSpec::environment>},
    plain_key<&Service::labels, &ContainerSpec::labels>("labels"),
    plain_key<&Service::user, &ContainerSpec::user>("user"),
    plain_key<&Service::working_dir, &ContainerSpec::working_dir>("working_dir"),
    plain_key<&Service::hostname, &ContainerSpec::hostname>("hostname"),
    plain_key<&Service::domainname, &ContainerSpec::domainname>("domainname"),
    plain_key<&Service::tty, &ContainerSpec::tty>("tty"),
    plain_key<&Service::stdin_open, &ContainerSpec::open_stdin>("stdin_open"),
    plain_key<&Service::init, &ContainerSpec::init>("init"),
    plain_key<&Service::runtime, &ContainerSpec::runtime>("runtime"),
});

}  // namespace

std::span<const Key> process_keys() { return keys; }

}  // namespace dockerext::compose
