#include "compose/command.hpp"

#include "compose/command_line.hpp"

namespace dockerext::compose {
namespace {

void read_words(const Node::List& list, std::vector<std::string>& words, Diagnostics& diagnostics) {
    for (const Node& item : list) {
        if (item.text()) words.push_back(*item.text());
        else diagnostics.expected(item, "string");
    }
}

}  // namespace

void read_command(const Node& node, Command& into, Diagnostics& diagnostics) {
    if (node.is_null()) return;
    auto& words = into.words.emplace();
    if (node.list()) return read_words(*node.list(), words, diagnostics);
    if (!node.text()) return diagnostics.expected(node, "string or list");
    auto line = split_command(*node.text());
    if (!line) return diagnostics.problem(node, line.error().message());
    words = std::move(line->words);
    if (!line->ignored.empty()) {
        diagnostics.warn(
            node,
            "everything after the first unquoted ; & | < or > is dropped, as in Compose: no shell "
            "runs this; to use one, write [\"sh\", \"-c\", \"…\"]");
    }
}

void write_command_words(const Command& command, std::string_view name, CanonicalJson& json) {
    json.key(name);
    if (!command.words) return json.null();
    json.open_array();
    for (const std::string& word : *command.words) json.string(word);
    json.close_array();
}

}  // namespace dockerext::compose
