#include "compose/interpolate.hpp"

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "base/overloaded.hpp"
#include "compose/host_path.hpp"

#include <set>
#include <string_view>
#include <utility>

namespace dockerext::compose {
namespace {

constexpr bool starts_name(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool within_name(char c) { return starts_name(c) || is_digit(c); }

/// Removes a variable's name from the front of `rest`; "" if it does not begin with one.
std::string_view parse_name(std::string_view& rest) {
    std::size_t length = 0;
    if (!rest.empty() && starts_name(rest.front())) {
        while (length < rest.size() && within_name(rest[length])) ++length;
    }
    const std::string_view name = rest.substr(0, length);
    rest.remove_prefix(length);
    return name;
}

/// The position of the brace that closes the one at the front; npos if there is none. Like Compose, this
/// ignores the character directly after an opening brace, and uses the last closing brace when they do not
/// balance: "${A:-{}}" is "{}".
std::size_t closing_brace(std::string_view text) {
    int open = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '}' && --open == 0) return i;
        if (text[i] != '{') continue;
        ++open;
        ++i;
    }
    return text.rfind('}');
}

Error invalid_interpolation(std::string_view form, std::string_view why) {
    return {ErrorKind::invalid_input,
            "invalid interpolation '" + std::string(form) + "': " + std::string(why) + " ($$ is a plain $)"};
}

/// A text after its variables were replaced.
struct Expanded {
    std::string text;
    std::string unset;  ///< the unset variable that it begins with; "" if there is none
};

class Expander {
public:
    Expander(const Lookup& lookup, Diagnostics& diagnostics) : lookup_(lookup), diagnostics_(diagnostics) {}

    void expand(Node& node) {
        std::visit(overloaded{
                       [&](std::string& text) { expand_in_place(text, node); },
                       [&](Node::List& list) {
                           for (Node& item : list) expand(item);
                       },
                       [&](Node::Map& map) {
                           for (auto& member : map) expand(member.second);
                       },
                       [](auto&) {},
                   },
                   node.value);
    }

    Result<std::string> expand(std::string_view text, const Node& at) {
        auto expanded = expand_at(text, at);
        if (!expanded) return expanded.error();
        return std::move(expanded->text);
    }

private:
    void expand_in_place(std::string& text, const Node& node) {
        if (text.find('$') == std::string::npos) return;
        auto expanded = expand_at(text, node);
        if (!expanded) return diagnostics_.problem(node, expanded.error().message());
        text = std::move(expanded->text);
        if (!empty_.empty()) diagnostics_.empty_variables[node.pointer] = empty_;
        if (!expanded->unset.empty()) diagnostics_.unset_prefixes[node.pointer] = std::move(expanded->unset);
    }

    Result<Expanded> expand_at(std::string_view text, const Node& at) {
        at_ = &at;
        empty_.clear();
        return substitute(text);
    }

    Result<Expanded> substitute(std::string_view rest) {
        if (!diagnostics_.spend(rest.size()))
            return Error(ErrorKind::invalid_input, "the document grows too large");
        Expanded out;
        while (true) {
            const std::size_t dollar = rest.find('$');
            out.text += rest.substr(0, dollar);
            if (dollar == std::string_view::npos) return out;
            rest.remove_prefix(dollar + 1);
            auto value = parse_expression(rest);
            if (!value) return value.error();
            if (!diagnostics_.spend(value->text.size()))
                return Error(ErrorKind::invalid_input, "the document grows too large");
            if (out.text.empty() && out.unset.empty()) out.unset = std::move(value->unset);
            out.text += value->text;
        }
    }

    /// Handles the text after a `$`.
    Result<Expanded> parse_expression(std::string_view& rest) {
        if (rest.starts_with('$')) {
            rest.remove_prefix(1);
            return Expanded{"$", ""};
        }
        if (rest.starts_with('{')) return parse_braced(rest);
        const std::string_view name = parse_name(rest);
        if (name.empty()) return Expanded{"$", ""};
        return plain(name);
    }

    /// Compose looks for the end of a form only in the same line.
    Result<Expanded> parse_braced(std::string_view& rest) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        const std::size_t close = closing_brace(line);
        if (close == std::string_view::npos) {
            return invalid_interpolation("$" + std::string(line), line.size() == rest.size()
                                                                      ? "'}' is missing"
                                                                      : "'}' must be in the same line");
        }
        const std::string_view whole = rest.substr(0, close + 1);
        rest.remove_prefix(whole.size());
        std::string_view inside = whole.substr(1, close - 1);
        const std::string_view name = parse_name(inside);
        if (name.empty())
            return invalid_interpolation("$" + std::string(whole), "a variable's name must follow '{'");
        if (inside.empty()) return plain(name);
        const bool empty_counts = inside.starts_with(':');
        if (empty_counts) inside.remove_prefix(1);
        const std::size_t operation =
            inside.empty() ? std::string_view::npos : std::string_view("-?+").find(inside.front());
        if (operation == std::string_view::npos) {
            return invalid_interpolation("$" + std::string(whole),
                                         "after the name only :- - :? ? :+ or + may follow");
        }
        return apply(name, inside.front(), inside.substr(1), empty_counts);
    }

    /// Compose also expands an argument that is not needed, so that an error in it is found.
    Result<Expanded> apply(std::string_view name, char operation, std::string_view argument,
                           bool empty_counts) {
        if (depth_ == max_depth) return Error(ErrorKind::invalid_input, "variables nest too deeply");
        const std::string* found = value_of(name);
        const bool set = found && !(empty_counts && found->empty());
        const bool takes_argument = set == (operation == '+');
        const std::string empty_before = empty_;
        ++depth_;
        auto expanded = substitute(argument);
        --depth_;
        if (!expanded) return expanded.error();
        if (!takes_argument) empty_ = empty_before;
        if (takes_argument ? expanded->text.empty() : !set || found->empty()) note_empty(name);
        if (operation == '+') return set ? *expanded : Expanded{};
        if (set) return Expanded{*found, ""};
        if (operation == '-') return *expanded;
        return Error(ErrorKind::invalid_input, "required variable " + std::string(name) +
                                                   " is missing a value" +
                                                   (expanded->text.empty() ? "" : ": " + expanded->text));
    }

    const std::string* value_of(std::string_view name) {
        const std::string* found = lookup_(std::string(name));
        if (!found) diagnostics_.unset.insert(at_->pointer);
        return found;
    }

    Expanded plain(std::string_view name) {
        const std::string* found = value_of(name);
        if (!found || found->empty()) note_empty(name);
        if (found) return {*found, ""};
        if (warned_.insert(std::string(name)).second) {
            diagnostics_.warn(
                *at_, "the variable " + std::string(name) + " is not set; it becomes an empty string");
        }
        return {"", std::string(name)};
    }

    void note_empty(std::string_view name) {
        if (empty_.empty()) empty_ = name;
    }

    static constexpr int max_depth = 100;

    const Lookup& lookup_;
    Diagnostics& diagnostics_;
    int depth_ = 0;
    const Node* at_ = nullptr;
    std::string empty_;  ///< the first empty or unset variable in the text
    std::set<std::string> warned_;
};

}  // namespace

Environment with_shell_variables(Environment given, const std::string& project_directory) {
    given.try_emplace("HOME", home);
    given.try_emplace("PWD", project_directory);
    return given;
}

void interpolate(Node& tree, const Environment& environment, Diagnostics& diagnostics) {
    const Lookup lookup = [&](const std::string& name) {
        const auto found = environment.find(name);
        return found == environment.end() ? nullptr : &found->second;
    };
    Expander(lookup, diagnostics).expand(tree);
}

Result<std::string> expand(std::string_view text, const Lookup& lookup, const Node& at,
                           Diagnostics& diagnostics) {
    return Expander(lookup, diagnostics).expand(text, at);
}

}  // namespace dockerext::compose
