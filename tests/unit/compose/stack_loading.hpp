#pragma once

#include "base/json_document.hpp"
#include "base/split.hpp"
#include "loading.hpp"

#include <stdexcept>
#include <string>

namespace dockerext::compose {

inline Input stack_input(std::string document) {
    Input input = input_of(std::move(document));
    input.form = Form::stack;
    return input;
}

/// The stack of a document; throws when the document has problems.
inline model::Stack loaded_stack(std::string document) {
    const Loaded loaded = load(stack_input(std::move(document)));
    if (!loaded.stack) throw std::runtime_error(to_text(loaded.problems));
    return *loaded.stack;
}

/// The service of web(members) in a stack.
inline model::StackService stack_web(const std::string& members) {
    return loaded_stack(web(members)).services.at(model::ServiceName{"web"});
}

/// The JSON at a path like "Mode/Replicated"; "absent" if there is none.
inline std::string json_at(const std::string& json, std::string_view path) {
    const JsonDocument document = JsonDocument::parse(json).value();
    JsonCursor at = document.root();
    for (const std::string_view key : split(path, '/')) {
        const auto member = at.find(key).value();
        if (!member) return "absent";
        at = *member;
    }
    return at.text();
}

/// The problems of a document, one per line; "" if it has none.
inline std::string stack_problems_of(std::string document) {
    return to_text(load(stack_input(std::move(document))).problems);
}

/// The warnings about web(members), without the place of the service.
inline std::vector<std::string> stack_warnings(const std::string& members) {
    const Loaded loaded = load(stack_input(web(members)));
    if (!loaded.project) throw std::runtime_error(to_text(loaded.problems));
    std::vector<std::string> warnings;
    for (const std::string& warning : loaded.project->warnings) {
        constexpr std::string_view service = "/compose/services/web";
        warnings.push_back(warning.starts_with(service) ? warning.substr(service.size()) : warning);
    }
    return warnings;
}

}  // namespace dockerext::compose
