#include "compose/stack_spec.hpp"

#include "compose/scalar.hpp"
#include "compose/stack_container.hpp"
#include "compose/stack_deploy.hpp"
#include "compose/stack_json.hpp"
#include "compose/stack_names.hpp"
#include "compose/stack_ports.hpp"
#include "model/stack.hpp"

namespace dockerext::compose {
namespace {

void write_log_driver(const Service& service, JsonWriter& json) {
    if (!service.logging) return;
    json.begin_object("LogDriver");
    put(json, "Name", service.logging->driver);
    put(json, "Options", service.logging->options);
    json.end_object();
}

void write_attachment(const Service& service, const std::string& network, const Attachment& attachment,
                      JsonWriter& json) {
    std::vector<std::string> aliases = attachment.aliases;
    if (!is_network_of_node(network)) aliases.push_back(service.name);
    json.begin_object();
    json.text("Target", network);
    put(json, "Aliases", aliases);
    put(json, "DriverOpts", attachment.driver_opts);
    json.end_object();
}

/// By the networks' names in the engine.
void write_networks(const Project& project, const Service& service, JsonWriter& json) {
    std::map<std::string, const Attachment*> attachments;
    for (const auto& [key, attachment] : service.networks)
        attachments[project.networks.at(key).name] = &attachment;
    json.begin_array("Networks");
    for (const auto& [network, attachment] : attachments)
        write_attachment(service, network, *attachment, json);
    json.end_array();
}

void write_ports(const Service& service, JsonWriter& json) {
    const std::set<StackPort> ports = stack_ports(service);
    if (ports.empty()) return;
    json.begin_array("Ports");
    for (const StackPort& port : ports) {
        json.begin_object();
        put(json, "Protocol", port.protocol);
        put(json, "TargetPort", std::int64_t{port.target});
        put(json, "PublishedPort", std::int64_t{port.published});
        put(json, "PublishMode", port.mode);
        json.end_object();
    }
    json.end_array();
}

void write_endpoint(const Service& service, JsonWriter& json) {
    json.begin_object("EndpointSpec");
    put(json, "Mode", service.deploy ? lower(service.deploy->endpoint_mode) : "");
    write_ports(service, json);
    json.end_object();
}

StringMap service_labels(const Project& project, const Service& service) {
    StringMap labels = with_stack_label(service.deploy ? service.deploy->labels : StringMap(), project.name);
    labels[std::string(model::labels::stack_image)] = service.image;
    return labels;
}

}  // namespace

std::string stack_spec(const Project& project, const Service& service) {
    JsonWriter json;
    json.begin_object();
    json.text("Name", name_in_stack(project.name, service.name));
    put(json, "Labels", service_labels(project, service));
    json.begin_object("TaskTemplate");
    write_container_spec(project, service, json);
    write_task_deploy(service, json);
    write_networks(project, service, json);
    write_log_driver(service, json);
    json.end_object();
    write_service_deploy(service, json);
    write_endpoint(service, json);
    json.end_object();
    return json.take();
}

}  // namespace dockerext::compose
