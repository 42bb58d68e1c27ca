#include "settings/settings_parser.hpp"

#include "base/json_document.hpp"
#include "base/json_reader.hpp"
#include "settings/docker_settings.hpp"
#include "settings/engine_access.hpp"
#include "settings/metrics_settings.hpp"
#include "settings/protected_settings.hpp"
#include "settings/reconcile_settings.hpp"
#include "settings/swarm_rules.hpp"
#include "settings/swarm_settings.hpp"
#include "settings/values.hpp"

#include <algorithm>

namespace dockerext::settings {
namespace {

constexpr std::string_view protected_pointer = "/protected";

/// An empty text is an empty document.
std::optional<JsonDocument> parse_document(std::string_view text, std::string_view pointer,
                                           Problems& problems) {
    const bool blank = text.find_first_not_of(" \t\r\n") == std::string_view::npos;
    auto document = JsonDocument::parse(blank ? "{}" : text, JsonDialect::commented);
    if (document) return std::move(*document);
    problems.add(std::string(pointer), document.error().message());
    return std::nullopt;
}

std::optional<std::string> read_compose(const JsonCursor& compose, Problems& problems) {
    if (compose.is(JsonType::object)) return compose.text();
    const auto yaml = compose.string();
    if (!yaml)
        problems.add(compose.pointer(),
                     "expected object, or string of YAML, found " + std::string(to_string(compose.type())));
    if (!yaml || yaml->find_first_not_of(" \t\r\n") == std::string::npos) return std::nullopt;
    return compose.text();
}

/// The clouds, by the names that Azure's own tools use.
constexpr auto clouds =
    std::to_array<Named<std::string_view>>({{"AzureCloud", "AzureCloud"},
                                            {"AzureChinaCloud", "AzureChinaCloud"},
                                            {"AzureUSGovernment", "AzureUSGovernment"},
                                            {"AzureUSGovernment", "AzureUSGovernmentCloud"},
                                            {"AzureGermanCloud", "AzureGermanCloud"}});

std::string read_azure_environment(const JsonCursor& value, Problems& problems) {
    if (const auto word = value.string(); word && word->empty()) return "";
    return std::string(read_one_of(value, clouds, problems).value_or(""));
}

/// Whether a problem concerns variables: those may be unreadable rather than missing.
bool mentions_variables(const Problems& problems) {
    const auto about = [](const Problem& problem) {
        return problem.path.starts_with("/compose-environment") ||
               problem.path.starts_with("/protected/environment") || problem.path == protected_pointer;
    };
    return std::any_of(problems.all().begin(), problems.all().end(), about);
}

DockerPart read_public(const JsonCursor& document, model::Settings& settings, Problems& problems) {
    DockerPart docker;
    ObjectReader reader(document, problems);
    if (const auto member = reader.take("docker")) docker = read_docker(*member, problems);
    if (const auto member = reader.take("compose")) settings.compose = read_compose(*member, problems);
    if (const auto member = reader.take("compose-environment")) {
        settings.compose_environment = read_environment(*member, problems);
    }
    if (const auto member = reader.take("azure-environment")) {
        settings.azure_environment = read_azure_environment(*member, problems);
    }
    if (const auto member = reader.take("reconcile")) settings.reconcile = read_reconcile(*member, problems);
    if (const auto member = reader.take("metrics")) settings.metrics = read_metrics(*member, problems);
    if (const auto member = reader.take("swarm")) settings.swarm = read_swarm(*member, problems);
    settings.stack = reader.boolean("stack").value_or(false);
    reader.finish("the settings");
    return docker;
}

}  // namespace

Parsed parse_settings(std::string_view public_text, std::string_view protected_text, Checks checks) {
    Problems problems;
    model::Settings settings;
    const auto public_document = parse_document(public_text, "", problems);
    const auto protected_document = parse_document(protected_text, protected_pointer, problems);
    DockerPart docker;
    if (public_document) docker = read_public(public_document->root(), settings, problems);
    if (checks.engine_options) check_option_values(docker, problems);
    auto certificates = CertificatesGiven::unknown;
    if (protected_document) {
        certificates = read_protected(protected_document->root(std::string(protected_pointer)),
                                      checks.certificates_at, settings, problems);
    }
    check_engine_access(docker, certificates, problems);
    if (public_document) check_swarm(docker, settings, problems);
    settings.docker = std::move(docker.settings);
    if (problems.empty()) return {std::move(settings), {}, {}};
    return {std::nullopt, problems.all(), std::move(settings),
            protected_document && !mentions_variables(problems)};
}

}  // namespace dockerext::settings
