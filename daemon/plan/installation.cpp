#include "plan/installation.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace dockerext::plan {

using namespace model;

namespace {

const Subject install_part = part("engine.install");

/// Why the installed engine does not match the pinned version; "" when it does.
std::string version_mismatch(const ObservedHost& observed, const std::string& pin) {
    const std::string pinned = ", but the settings pin version " + pin + " (docker.install.version)";
    if (!observed.package_problem.empty())
        return "the version of the engine is not known" + pinned + ": " + observed.package_problem;
    if (!observed.package)
        return "the installed engine does not come from a package" + pinned +
               "; dockerextd does not replace it: remove it to get that version, or drop the pin";
    const EnginePackage& package = *observed.package;
    if (is_version(package.version, pin)) return "";
    return package.name + " " + package.version + " is installed" + pinned +
           "; dockerextd does not replace it: install that version by hand, or change the pin";
}

std::string_view without_epoch(std::string_view version) { return version.substr(version.find(':') + 1); }

}  // namespace

bool is_half_installed(const HostWork& work) {
    const auto& package = work.observed.package;
    return package && !package->complete && work.owned.installed.packages.contains(package->name) &&
           work.desired.docker.install != EngineSource::none;
}

void install(HostWork& work) {
    const DockerSettings& docker = work.desired.docker;
    if (docker.install == EngineSource::none) {
        const std::string why = "Docker Engine is not installed, and docker.install is \"none\"";
        work.report(install_part.name, PartState::failed, why);  // another tool may be about to install it
        return work.hold(install_part, Held::Why::policy, why + "; install it, or change docker.install");
    }
    if (!work.begin(install_part, "installing")) return;
    release_version(work);  // dnf does not offer any version other than the locked one
    const bool released = !work.plan.steps.empty();
    work.add({.operation = InstallEngine{docker.install, docker.install_version, docker.install_mirror,
                                         docker.install_key, work.desired.azure_environment},
              .subject = install_part,
              .object = "Docker Engine",
              .reason = work.observed.package ? "only partly installed" : "not installed",
              .after = released ? std::vector<StepId>{0} : std::vector<StepId>{}});
}

void report_installation(HostWork& work) {
    const std::string& pin = work.desired.docker.install_version;
    const std::string why = pin.empty() ? "" : version_mismatch(work.observed, pin);
    if (why.empty()) return work.report(install_part.name, PartState::ok);
    work.fail_and_hold(install_part, Held::Why::policy, why);
}

void release_version(HostWork& work) {
    const auto& pinned_version = work.owned.pinned_version;
    if (!pinned_version || pinned_version->version == work.desired.docker.install_version ||
        !work.plan.steps.empty())
        return;
    const Subject subject = part("engine.version");
    if (!work.begin(subject, "releasing the pinned version")) return;
    work.add({.operation = ReleaseVersion{*pinned_version},
              .subject = subject,
              .object = "version " + pinned_version->version,
              .reason = "no longer pinned"});
}

bool is_version(std::string_view installed, std::string_view requested) {
    const bool with_epoch = requested.find(':') != std::string_view::npos;
    const std::string_view version = with_epoch ? installed : without_epoch(installed);
    if (!version.starts_with(requested)) return false;
    const auto digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
    const bool cut = version.size() > requested.size() && !requested.empty() && digit(requested.back()) &&
                     digit(version[requested.size()]);
    return !cut;
}

}  // namespace dockerext::plan
