#include "intake/parse_envelope.hpp"

#include "base/named_file.hpp"
#include "base/sha256.hpp"
#include "intake/secrets.hpp"
#include "settings/swarm_rules.hpp"

#include <utility>

namespace dockerext::intake {
namespace {

/// Protected values are added to the public ones and override them (settings: environment).
std::map<std::string, std::string> environment_of(const model::Settings& settings) {
    auto environment = settings.compose_environment;
    for (const auto& [name, value] : settings.protected_environment) environment[name] = value.reveal();
    return environment;
}

std::string fingerprint_of(const model::Envelope& envelope) {
    const Secret both(sha256_hex(envelope.public_settings) +
                      sha256_hex(envelope.protected_settings.reveal()));
    return sha256_hex(both.reveal());
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
    constexpr std::size_t max_size = std::size_t{1} << 20;
    return read_named_file(path, max_size);
}

IntakeResult parse_envelope(const model::Envelope& envelope, const std::filesystem::path& project_directory,
                            const std::filesystem::path& settings_file, settings::Checks checks,
                            const compose::ReadFile& files) {
    IntakeResult intake;
    auto parsed =
        settings::parse_settings(envelope.public_settings, envelope.protected_settings.reveal(), checks);
    intake.problems = std::move(parsed.problems);
    const model::Settings& settings = parsed.settings ? *parsed.settings : parsed.readable;

    compose::Loaded loaded = compose::load(
        {.document = settings.compose.value_or("{}"),
         .environment = environment_of(settings),
         .variables = parsed.all_variables ? compose::Variables::all_given : compose::Variables::some_unknown,
         .project_directory = project_directory,
         .config_file = settings_file,
         .form = settings.stack ? compose::Form::stack : compose::Form::containers,
         .read_file = files});
    const Redactor redact = secrets_of(settings);
    for (Problem& problem : loaded.problems) {
        problem.path = redact(problem.path);        // an interpolated value may be part of a file's name
        problem.message = redact(problem.message);  // or of an error text
        intake.problems.push_back(std::move(problem));
    }
    if (!parsed.settings || !loaded.project) return intake;

    AcceptedSettings accepted;
    for (const std::string& warning : loaded.project->warnings) accepted.warnings.push_back(redact(warning));
    accepted.desired = {std::move(*loaded.project), settings.reconcile, redact};
    accepted.engine = {settings.docker, settings.certificates, settings.logins, settings.azure_environment};
    accepted.metrics = settings.metrics;
    accepted.stack = std::move(loaded.stack);
    if (settings.swarm) {
        accepted.swarm = model::SwarmDesired{*settings.swarm, settings.swarm_access};
        for (const Problem& warning : settings::swarm_warnings(*accepted.swarm))
            accepted.warnings.push_back(to_text(warning));
    }
    accepted.fingerprint = fingerprint_of(envelope);
    intake.accepted = std::move(accepted);
    return intake;
}

}  // namespace dockerext::intake
