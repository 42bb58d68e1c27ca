#include "compose/stack_container.hpp"

#include "compose/stack_json.hpp"
#include "compose/stack_mounts.hpp"
#include "compose/stack_names.hpp"
#include "model/normal_form.hpp"

#include <algorithm>
#include <set>

namespace dockerext::compose {
namespace {

using Texts = std::vector<std::string>;

/// "NAME=VALUE", or "NAME" without a value, sorted as a whole.
Texts environment_of(const Service& service) {
    Texts all;
    for (const auto& [name, value] : service.environment) all.push_back(value ? name + "=" + *value : name);
    std::sort(all.begin(), all.end());
    return all;
}

/// "IP HOST" for "HOST=IP".
Texts hosts_of(const Service& service) {
    Texts hosts;
    for (const std::string& entry : service.extra_hosts) {
        const std::size_t equals = entry.find('=');
        hosts.push_back(entry.substr(equals + 1) + " " + entry.substr(0, equals));
    }
    return hosts;
}

/// ALL stands for every other.
std::set<std::string> capabilities_of(const Texts& written) {
    std::set<std::string> all;
    for (const std::string& name : written) all.insert(model::normal::capability(name));
    return all.contains("ALL") ? std::set<std::string>{"ALL"} : all;
}

/// What is added is not dropped.
void write_capabilities(const Service& service, JsonWriter& json) {
    const std::set<std::string> add = capabilities_of(service.cap_add);
    std::set<std::string> drop = capabilities_of(service.cap_drop);
    std::erase_if(drop, [&](const std::string& name) { return add.contains(name); });
    put(json, "CapabilityAdd", Texts(add.begin(), add.end()));
    put(json, "CapabilityDrop", Texts(drop.begin(), drop.end()));
}

void write_healthcheck(const Healthcheck& check, JsonWriter& json) {
    json.begin_object("Healthcheck");
    if (check.disable) {
        put(json, "Test", Texts{"NONE"});
    } else {
        put(json, "Test", check.test);
        put(json, "Interval", check.interval);
        put(json, "Timeout", check.timeout);
        put(json, "StartPeriod", check.start_period);
        put(json, "StartInterval", check.start_interval);
        put(json, "Retries", check.retries);
    }
    json.end_object();
}

void write_dns(const Service& service, JsonWriter& json) {
    if (service.dns.empty() && service.dns_search.empty() && service.dns_opt.empty()) return;
    json.begin_object("DNSConfig");
    put(json, "Nameservers", service.dns);
    put(json, "Search", service.dns_search);
    put(json, "Options", service.dns_opt);
    json.end_object();
}

void write_ulimits(const Service& service, JsonWriter& json) {
    if (service.ulimits.empty()) return;
    json.begin_array("Ulimits");
    for (const auto& [name, limit] : service.ulimits) {
        const bool is_pair = limit.single == 0;
        json.begin_object();
        json.text("Name", name);
        json.number("Hard", is_pair ? limit.hard : limit.single);
        json.number("Soft", is_pair ? limit.soft : limit.single);
        json.end_object();
    }
    json.end_array();
}

/// A task cannot be told to run the image without its entrypoint or command, so an empty list says nothing.
void write_process(const Service& service, JsonWriter& json) {
    put(json, "Command", service.entrypoint.words.value_or(Texts()));
    put(json, "Args", service.command.words.value_or(Texts()));
    put(json, "Hostname", service.hostname);
    put(json, "Env", environment_of(service));
    put(json, "Dir", service.working_dir);
    put(json, "User", service.user);
    put(json, "Groups", service.group_add);
    put(json, "StopSignal", service.stop_signal);
    put(json, "StopGracePeriod", service.stop_grace_period);
    put(json, "TTY", service.tty);
    put(json, "OpenStdin", service.stdin_open);
    put(json, "ReadOnly", service.read_only);
    if (service.init) json.boolean("Init", *service.init);
}

}  // namespace

void write_container_spec(const Project& project, const Service& service, JsonWriter& json) {
    json.begin_object("ContainerSpec");
    json.text("Image", service.image);
    put(json, "Labels", with_stack_label(service.labels, project.name));
    write_process(service, json);
    json.begin_object("Privileges");
    json.end_object();
    write_stack_mounts(project, service, json);
    if (service.healthcheck) write_healthcheck(*service.healthcheck, json);
    put(json, "Hosts", hosts_of(service));
    write_dns(service, json);
    put(json, "Isolation", service.isolation);
    put(json, "Sysctls", service.sysctls);
    write_capabilities(service, json);
    write_ulimits(service, json);
    put(json, "OomScoreAdj", service.oom_score_adj);
    json.end_object();
}

}  // namespace dockerext::compose
