#include "reconcile/validation.hpp"

#include "apply/config_check.hpp"
#include "base/child_process.hpp"
#include "base/spawn.hpp"
#include "intake/secrets.hpp"
#include "settings/settings_parser.hpp"

#include <unistd.h>
#include <boost/asio/io_context.hpp>

namespace dockerext::reconcile {

intake::Validation validate(const model::Envelope& envelope, const std::filesystem::path& root) {
    intake::Validation validation = intake::validate(envelope, root);
    // Others than root get another error from dockerd.
    if (!validation.problems.empty() || root != "/" || ::geteuid() != 0) return validation;
    const auto parsed =
        settings::parse_settings(envelope.public_settings, envelope.protected_settings.reveal());
    if (!parsed.settings || parsed.settings->docker.config == "{}") return validation;
    asio::io_context io(1);
    auto checking = apply::validate_daemon_json(Secret(parsed.settings->docker.config),
                                                ChildOptions().search_path, intake::secrets_of(envelope));
    const auto checked = run_alone(io, std::move(checking));
    if (!checked && checked.error().kind() == ErrorKind::invalid_input)
        validation.problems.push_back(
            {"/docker/config", "dockerd rejects this configuration: " + checked.error().message()});
    return validation;
}

}  // namespace dockerext::reconcile
