#include "report/project_json.hpp"

#include "base/json_writer.hpp"

namespace dockerext::report {
namespace {

void write(JsonWriter& json, const model::ServiceOutline& service) {
    json.begin_object();
    json.text("name", service.name.value);
    json.text("image", service.image.value);
    json.begin_array("dependsOn");
    for (const auto& [name, condition] : service.depends_on) {
        json.begin_object();
        json.text("service", name.value);
        json.text("condition", to_string(condition));
        json.end_object();
    }
    json.end_array();
    json.text("memory", service.memory);
    json.text("cpus", service.cpus);
    json.text("pids", service.pids);
    json.text("ports", service.ports);
    json.end_object();
}

}  // namespace

std::string to_json(const std::vector<model::ServiceOutline>& services) {
    JsonWriter json;
    json.begin_object();
    json.begin_array("services");
    for (const model::ServiceOutline& service : services) write(json, service);
    json.end_array();
    json.end_object();
    return json.take();
}

}  // namespace dockerext::report
