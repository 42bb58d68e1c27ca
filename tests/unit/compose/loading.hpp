#pragma once

#include "base/json_writer.hpp"
#include "compose/load.hpp"

#include <stdexcept>
#include <string>

namespace dockerext::compose {

/// The environment and folder with which Docker Compose made config_hashes.json.
inline Input input_of(std::string document) {
    Input input;
    input.document = std::move(document);
    input.environment = {{"FOO", "foo"}, {"EMPTY", ""}, {"NUM", "42"}, {"COMPOSE_PROJECT_NAME", "demo"}};
    input.project_directory = "/project";
    input.config_file = "/project/compose.json";
    return input;
}

/// The problems of a document, one per line; "" if it has none.
inline std::string problems_of(std::string document) {
    return to_text(load(input_of(std::move(document))).problems);
}

/// Like input_of(), for a YAML text.
inline Input input_of_yaml(const std::string& yaml) {
    JsonWriter json;
    json.text(yaml);
    return input_of(json.take());
}

inline std::string problems_of_yaml(const std::string& yaml) {
    return to_text(load(input_of_yaml(yaml)).problems);
}

/// A document with one service "web", which has an image and these members.
inline std::string web(const std::string& members) {
    return R"({"services": {"web": {"image": "nginx", )" + members + "}}}";
}

/// The service of web(members) in the model; throws when the document has problems.
inline model::Service loaded_web(const std::string& members) {
    const Loaded loaded = load(input_of(web(members)));
    if (!loaded.project) throw std::runtime_error(to_text(loaded.problems));
    return loaded.project->services.at(model::ServiceName{"web"});
}

}  // namespace dockerext::compose
