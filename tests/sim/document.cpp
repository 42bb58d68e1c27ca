#include "document.hpp"

#include "docker/json.hpp"

#include <algorithm>
#include <array>

namespace dockerext::sim {
namespace {

const std::vector<std::string> service_names = {"api", "cache", "db", "job", "web"};
const std::vector<std::string> healthy_behaviours = {"app", "app", "app stop=3", "app stop=never",
                                                     "app stop=0.01"};
const std::vector<std::string> failing_behaviours = {"app exit=3 after=2", "app exit=0 after=1", "app fails",
                                                     "app exit=1"};
const std::vector<std::string> policies = {"",           "no",          "always", "unless-stopped",
                                           "on-failure", "on-failure:3"};

/// Fixed, so that no random choice is spent on them, and each seed keeps its meaning.
const std::map<std::string, std::string> update_configs = {
    {"api", R"({"parallelism":2,"delay":"20s","failure_action":"continue"})"},
    {"cache", R"({"order":"start-first"})"},
    {"web", R"({"order":"start-first","monitor":"5s","max_failure_ratio":0.5})"}};
constexpr std::string_view goes_back_at_once = "api", never_goes_back = "db";

/// Fixed for the same reason.
const std::map<std::string, std::string> pull_policies = {
    {"cache", "every_2m"}, {"job", "every_10m"}, {"web", "every_1m"}};

std::string words(const std::string& behaviour) {
    std::vector<std::string> all{""};
    for (const char c : behaviour) {
        if (c == ' ') all.emplace_back();
        else all.back() += c;
    }
    return json::text_of(all);
}

std::string text_of(const std::string& name, const Document::Service& service) {
    std::string text = json::string_text(name) + ":{\"image\":\"app:" + std::to_string(service.image) +
                       "\",\"command\":" + words(service.behaviour) + ",\"environment\":{\"V\":\"" +
                       std::to_string(service.environment) + "\"}";
    if (!service.restart.empty()) text += ",\"restart\":" + json::string_text(service.restart);
    if (service.check)
        text += R"(,"healthcheck":{"test":["CMD","true"],"interval":"5s","retries":3,"start_period":"5s"})";
    if (service.volume) text += ",\"volumes\":[\"data:/data\"]";
    if (service.hook) text += R"(,"post_start":[{"command":["true"]}])";
    if (!service.networks.empty())
        text += ",\"networks\":" +
                json::text_of(std::vector<std::string>(service.networks.begin(), service.networks.end()));
    if (!service.after.empty())
        text += ",\"depends_on\":{" + json::string_text(service.after) +
                ":{\"condition\":" + json::string_text(service.condition) + "}}";
    if (service.scale != 1) text += ",\"scale\":" + std::to_string(service.scale);
    if (service.memory != 0) text += ",\"mem_limit\":\"" + std::to_string(service.memory) + "m\"";
    if (service.grace != 0) text += ",\"stop_grace_period\":\"" + std::to_string(service.grace) + "s\"";
    if (!service.container_name.empty())
        text += ",\"container_name\":" + json::string_text(service.container_name);
    if (const auto update = update_configs.find(name); update != update_configs.end()) {
        text += ",\"deploy\":{\"update_config\":" + update->second;
        if (name == goes_back_at_once) text += R"(,"rollback_config":{"parallelism":0})";
        text += "}";
    }
    if (name == never_goes_back) text += R"(,"x-dockerextd":{"rollback":"never"})";
    if (const auto policy = pull_policies.find(name); policy != pull_policies.end())
        text += ",\"pull_policy\":\"" + policy->second + "\"";
    return text + "}";
}

bool is_job(const Document::Service& service) { return service.behaviour.starts_with("app exit=0 after=4"); }

bool can_converge(const Document::Service& service) {
    if (service.image > images) return false;
    if (is_job(service)) return service.restart.empty() || service.restart == "no";
    for (const std::string& behaviour : failing_behaviours) {
        if (service.behaviour == behaviour) return false;
    }
    return service.behaviour.find("sick=") == std::string::npos;
}

Document::Service random_service(const Document& document, const std::string& name, Random& random) {
    Document::Service service;
    service.image = 1 + static_cast<unsigned>(random.below(images));
    service.behaviour = random.pick(healthy_behaviours);
    service.restart = random.pick(policies);
    if (name == "job") {
        service.behaviour = "app exit=0 after=4";
        service.restart = "";
    } else {
        service.check = random.one_in(3);
        if (service.check) service.behaviour += " warm=8";
        service.scale = random.one_in(4) ? 2 : 1;
        service.hook = random.one_in(8);
        if (service.scale == 1 && random.one_in(6)) service.container_name = "the-" + name;
    }
    service.volume = random.one_in(3);
    service.grace = random.one_in(3) ? 2 : 0;
    for (const auto& [network, subnet] : document.networks) {
        if (random.one_in(2)) service.networks.insert(network);
    }
    return service;
}

/// A subnet; two networks of one project never get the same.
unsigned random_subnet(const std::string& network, Random& random) {
    return (network == "back" ? 1 : 3) + static_cast<unsigned>(random.below(2));
}

/// Adds dependencies, only on services with smaller names, so that there is no cycle.
void add_random_dependencies(Document& document, Random& random) {
    for (auto& [name, service] : document.services) {
        service.after.clear();
        std::vector<std::string> before;
        for (const auto& [other, dependency] : document.services) {
            if (other < name) before.push_back(other);
        }
        if (before.empty() || !random.one_in(3)) continue;
        service.after = random.pick(before);
    }
}

/// Adapts the conditions of dependencies to what the services can fulfil.
void adjust_conditions(Document& document) {
    for (auto& [name, service] : document.services) {
        const auto owner = document.services.find(service.after);
        if (owner == document.services.end()) service.after.clear();
        else
            service.condition = is_job(owner->second) ? "service_completed_successfully"
                                : owner->second.check ? "service_healthy"
                                                      : "service_started";
    }
}

void change_service(Document& document, Random& random) {
    auto chosen = document.services.begin();
    std::advance(chosen, random.below(document.services.size()));
    Document::Service& service = chosen->second;
    switch (random.below(9)) {
    case 0: service.environment += 1; break;
    case 1: service.image = 1 + service.image % images; break;
    case 2: service.memory = service.memory == 64 ? 128 : 64; break;
    case 3: service.restart = is_job(service) ? "" : random.pick(policies); break;
    case 4:
        if (service.container_name.empty() && !is_job(service)) service.scale = 1 + service.scale % 3;
        break;
    case 5: service.volume = !service.volume; break;
    case 6:
        for (const auto& [network, subnet] : document.networks) {
            if (service.networks.erase(network) == 0 && random.one_in(2)) service.networks.insert(network);
        }
        break;
    case 7: service.behaviour = random.one_in(4) ? random.pick(failing_behaviours) : service.behaviour; break;
    default:
        if (random.one_in(4)) service.image = unpublished_image;
        else service.grace = 1 + service.grace % 4;
    }
}

}  // namespace

bool is_start_first(const std::string& service) {
    const auto update = update_configs.find(service);
    return update != update_configs.end() && update->second.find("start-first") != std::string::npos;
}

bool Document::can_converge() const {
    for (const auto& [name, service] : services) {
        if (!sim::can_converge(service)) return false;
    }
    return true;
}

bool Document::has_image(const std::string& reference) const {
    return std::any_of(services.begin(), services.end(), [&](const auto& each) {
        return "app:" + std::to_string(each.second.image) == reference;
    });
}

void Document::repair() {
    for (auto& [name, service] : services) {
        if (sim::can_converge(service)) continue;
        if (service.image > images) service.image = 1;
        service.behaviour = name == "job" ? "app exit=0 after=4" : service.check ? "app warm=8" : "app";
        if (name == "job") service.restart = "";
    }
    adjust_conditions(*this);
}

std::string Document::text() const {
    std::string all, nets;
    bool volume = false;
    for (const auto& [name, service] : services) {
        all += (all.empty() ? "" : ",") + text_of(name, service);
        volume = volume || service.volume;
    }
    for (const auto& [name, subnet] : networks) {
        nets += (nets.empty() ? "" : ",") + json::string_text(name) + ":{";
        if (subnet != 0)
            nets += R"("ipam":{"config":[{"subnet":"10.9.)" + std::to_string(subnet) + R"(.0/24"}]})";
        nets += "}";
    }
    // Of half of the documents, without a random choice.
    const std::string rollback = services.size() % 2 == 1 ? ",\"rollback\":true" : "";
    const std::string reconcile = R"(,"reconcile":{"images":{"keep":"15m"})" + rollback + "}";
    return "{\"docker\":{\"install\":\"none\"}" + reconcile +
           ",\"compose\":{\"name\":" + json::string_text(project) + ",\"services\":{" + all +
           "},\"networks\":{" + nets + "}" + (volume ? ",\"volumes\":{\"data\":{}}" : "") + "}}";
}

std::string Document::summary() const {
    std::string text = project + ":";
    for (const auto& [name, service] : services) {
        text += " " + name + (service.scale > 1 ? "*" + std::to_string(service.scale) : "") +
                "(app:" + std::to_string(service.image) + ", " + service.behaviour +
                (service.check ? ", check" : "") + ")";
    }
    return text;
}

Document random_document(Random& random) {
    Document document;
    if (random.one_in(2)) document.networks["back"] = random.one_in(2) ? random_subnet("back", random) : 0;
    if (random.one_in(3)) document.networks["front"] = 0;
    const std::size_t count = 1 + random.below(4);
    while (document.services.size() < count) {
        const std::string& name = random.pick(service_names);
        if (!document.services.contains(name))
            document.services[name] = random_service(document, name, random);
    }
    add_random_dependencies(document, random);
    adjust_conditions(document);
    return document;
}

void change(Document& document, Random& random) {
    switch (random.below(8)) {
    case 0: {
        const std::string& name = random.pick(service_names);
        if (document.services.erase(name) == 0 || document.services.empty())
            document.services[name] = random_service(document, name, random);
        add_random_dependencies(document, random);
        break;
    }
    case 1:
        for (auto& [network, subnet] : document.networks)
            subnet = random.one_in(3) ? 0 : random_subnet(network, random);
        break;
    case 2: add_random_dependencies(document, random); break;
    default: change_service(document, random);
    }
    adjust_conditions(document);
}

}  // namespace dockerext::sim
