#include "plan/login_steps.hpp"

#include "base/joined.hpp"
#include "base/sha256.hpp"
#include "dockerd/registry_credentials.hpp"
#include "model/registry.hpp"

#include <utility>

namespace dockerext::plan {

using namespace model;

namespace {

std::string name_of(const RegistryLogin& login) { return login.server.empty() ? "docker.io" : login.server; }

Subject registry_part(const RegistryLogin& login) { return part("registry." + name_of(login)); }

dockerd::DesiredLogins logins_to_store(const std::vector<RegistryLogin>& logins) {
    dockerd::DesiredLogins desired_logins;
    for (const RegistryLogin& login : logins) {
        if (const auto* const password_login = std::get_if<PasswordLogin>(&login.method))
            desired_logins.emplace(registry_key(login.server),
                                   stored_auth(password_login->username, password_login->password));
    }
    return desired_logins;
}

Result<dockerd::RegistryCredentials> credentials(const HostWork& work,
                                                 const dockerd::DesiredLogins& desired_logins) {
    const std::string path(host_paths::credentials);
    if (const auto why = work.observed.unreadable.find(path); why != work.observed.unreadable.end())
        return Error(ErrorKind::invalid_input, path + ": " + why->second);
    std::optional<std::string_view> present;
    if (const auto there = work.observed.files.find(path); there != work.observed.files.end())
        present = there->second.reveal();
    return dockerd::merge_credentials(present, desired_logins, work.owned.logins);
}

void plan_credentials(HostWork& work, std::optional<StepId> after) {
    const dockerd::DesiredLogins desired_logins = logins_to_store(work.desired.logins);
    if (desired_logins.empty() && work.owned.logins.empty()) return;
    const Subject subject = part("registry.credentials");
    const auto merged = credentials(work, desired_logins);
    if (!merged) return work.fail_and_hold(subject, Held::Why::failed, merged.error().message());
    work.owned.logins = merged->owned;
    if (!merged->text) return work.report(subject.name, PartState::ok, joined(merged->notes, "; "));
    if (!work.begin(subject, joined(merged->notes, "; "))) return;
    const std::string path(host_paths::credentials);
    Step step{.operation =
                  ChangeEngine{
                      {{path, merged->text, root_only}}, ChangeEngine::Effect::none, false, work.owned, ""},
              .subject = subject,
              .object = path,
              .reason = reason_of(merged->changes),
              .changes = merged->changes};
    if (after) step.after.push_back(*after);
    work.add(std::move(step));
}

/// The registry's tokens are managed elsewhere, and are not in any file.
void report_identity(HostWork& work, const RegistryLogin& login) {
    const std::string name = registry_part(login).name;
    const auto known = work.history.identities.find(registry_key(login.server));
    if (known == work.history.identities.end())
        return work.report(name, PartState::pending, "not verified yet");
    work.report(name, known->second.state, known->second.message);
}

void plan_verification(HostWork& work, const RegistryLogin& login) {
    const Subject subject = registry_part(login);
    const auto* const password_login = std::get_if<PasswordLogin>(&login.method);
    if (password_login == nullptr) return report_identity(work, login);
    if (work.history.verified_logins.contains(login_fingerprint(login.server, *password_login)))
        return work.report(subject.name, PartState::ok);
    const bool can_verify = work.begin(subject, "verifying the login");
    if (!can_verify || work.history.engine_version.empty()) return;
    work.add({.operation = VerifyLogin{login.server, *password_login},
              .subject = subject,
              .object = name_of(login),
              .reason = "not verified yet"});
}

}  // namespace

void plan_logins(HostWork& work, std::optional<StepId> after) {
    plan_credentials(work, after);
    for (const RegistryLogin& login : work.desired.logins) plan_verification(work, login);
}

void report_unmanaged_logins(HostWork& work) {
    for (const RegistryLogin& login : work.desired.logins) {
        if (std::holds_alternative<IdentityLogin>(login.method)) report_identity(work, login);
        else
            work.report(registry_part(login).name, PartState::ok,
                        "used for pulls; docker's own configuration is not changed");
    }
}

std::string login_fingerprint(const std::string& server, const PasswordLogin& login) {
    const Secret all(server + "\n" + login.username + "\n" + std::string(login.password.reveal()));
    return registry_key(server) + " " + sha256_hex(all.reveal());
}

}  // namespace dockerext::plan
