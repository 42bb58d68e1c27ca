#pragma once

#include "base/json_writer.hpp"
#include "compose/load.hpp"

#include <stdexcept>
#include <string>

namespace dockerext::compose {

/// The surroundings under which config_hashes.json was made with Docker Compose.
inline Input input_of(std::string document) {
    Input input;
    input.document = std::move(document);
    input.environment = {{"FOO", "foo"}, {"EMPTY", ""}, {"NUM", "42"}, {"COMPOSE_PROJECT_NAME", "demo"}};
    input.project_directory = "/project";
    input.config_file = "/project/compose.json";
    return input;
}

/// The problems of a document, one a line; "" when it is fine.
inline std::string problems_of(std::string document) {
    return to_text(load(input_of(std::move(document))).problems);
}

/// The same of a string of YAML.
inline Input input_of_yaml(const std::string& yaml) {
    JsonWriter json;
    json.text(yaml);
    return input_of(json.take());
}

inline std::string problems_of_yaml(const std::string& yaml) {
    return to_text(load(input_of_yaml(yaml)).problems);
}

/// A document of one service "web" with an image and these members beside it.
inline std::string web(const std::string& members) {
    return R"({"services": {"web": {"image": "nginx", )" + members + "}}}";
}

/// That service as the model has it; fails loudly when the document has problems.
inline model::Service loaded_web(const std::string& members) {
    const Loaded loaded = load(input_of(web(members)));
    if (!loaded.project) throw std::runtime_error(to_text(loaded.problems));
    return loaded.project->services.at(model::ServiceName{"web"});
}

}  // namespace dockerext::compose
