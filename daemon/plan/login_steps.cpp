#include "plan/login_steps.hpp"

#include "base/sha256.hpp"
#include "dockerd/registry_credentials.hpp"
#include "model/registry.hpp"

#include <utility>

namespace dockerext::plan {

using namespace model;

namespace {

std::string name_of(const RegistryLogin& login) { return login.server.empty() ? "docker.io" : login.server; }

Subject registry_part(const RegistryLogin& login) { return part("registry." + name_of(login)); }

dockerd::WantedLogins wanted_logins(const std::vector<RegistryLogin>& logins) {
    dockerd::WantedLogins wanted;
    for (const RegistryLogin& login : logins) {
        if (const auto* const with = std::get_if<PasswordLogin>(&login.as))
            wanted.emplace(registry_key(login.server), stored_auth(with->username, with->password));
    }
    return wanted;
}

Result<dockerd::RegistryCredentials> credentials(const HostWork& work, const dockerd::WantedLogins& wanted) {
    const std::string path(host_paths::credentials);
    if (const auto why = work.observed.unreadable.find(path); why != work.observed.unreadable.end())
        return Error(ErrorKind::invalid_input, path + ": " + why->second);
    std::optional<std::string_view> present;
    if (const auto there = work.observed.files.find(path); there != work.observed.files.end())
        present = there->second.reveal();
    return dockerd::merge_credentials(present, wanted, work.owned.logins);
}

void store(HostWork& work, std::optional<StepId> after) {
    const dockerd::WantedLogins wanted = wanted_logins(work.desired.logins);
    if (wanted.empty() && work.owned.logins.empty()) return;
    const Subject subject = part("registry.credentials");
    const auto merged = credentials(work, wanted);
    if (!merged) return work.give_up(subject, Held::Why::failed, merged.error().message());
    work.owned.logins = merged->owned;
    if (!merged->text) return work.tell(subject.name, PartState::ok, joined(merged->notes));
    if (!work.begin(subject, joined(merged->notes))) return;
    const std::string path(host_paths::credentials);
    Step step{
        .operation =
            ChangeEngine{{{path, merged->text, for_root}}, ChangeEngine::Effect::none, false, work.owned, ""},
        .subject = subject,
        .object = path,
        .reason = reason_of(merged->changes),
        .changes = merged->changes};
    if (after) step.after.push_back(*after);
    work.add(std::move(step));
}

/// The registry's tokens are managed elsewhere, and are not in any file.
void tell_identity(HostWork& work, const RegistryLogin& login) {
    const std::string name = registry_part(login).name;
    const auto known = work.history.identities.find(registry_key(login.server));
    if (known == work.history.identities.end())
        return work.tell(name, PartState::pending, "not verified yet");
    work.tell(name, known->second.state, known->second.message);
}

void confirm(HostWork& work, const RegistryLogin& login) {
    const Subject subject = registry_part(login);
    const auto* const with = std::get_if<PasswordLogin>(&login.as);
    if (with == nullptr) return tell_identity(work, login);
    if (work.history.confirmed.contains(login_mark(login.server, *with)))
        return work.tell(subject.name, PartState::ok);
    const bool may = work.begin(subject, "verifying the login");
    if (!may || work.history.engine_version.empty()) return;
    work.add({.operation = VerifyLogin{login.server, *with},
              .subject = subject,
              .object = name_of(login),
              .reason = "not verified yet"});
}

}  // namespace

void plan_logins(HostWork& work, std::optional<StepId> after) {
    store(work, after);
    for (const RegistryLogin& login : work.desired.logins) confirm(work, login);
}

void leave_logins_alone(HostWork& work) {
    for (const RegistryLogin& login : work.desired.logins) {
        if (std::holds_alternative<IdentityLogin>(login.as)) tell_identity(work, login);
        else
            work.tell(registry_part(login).name, PartState::ok,
                      "used for pulls; docker's own configuration is not changed");
    }
}

std::string login_mark(const std::string& server, const PasswordLogin& login) {
    const Secret all(server + "\n" + login.username + "\n" + std::string(login.password.reveal()));
    return registry_key(server) + " " + sha256_hex(all.reveal());
}

}  // namespace dockerext::plan
