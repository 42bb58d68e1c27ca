#include "doctor/check.hpp"

#include "base/split.hpp"
#include "dockerd/unit_syntax.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>

/// The model, and others that work on the same containers.
namespace dockerext::doctor {
namespace {

using model::Category;

Verdict judge_model(const Facts& facts) {
    return judged(facts.settings, [](const StoredSettings& settings) {
        if (!settings.exist) return skipped("there are no stored settings");
        if (!settings.problems.empty())
            return error("the stored settings are not valid any more: " + listed(settings.problems),
                         "correct them and apply them again; do the files that they name still exist?");
        if (!settings.warnings.empty())
            return warning(listed(settings.warnings), "correct them in the settings");
        return ok("the model is valid");
    });
}

/// Containers of an image for another processor fail with "exec format error", or run slowly in an emulator.
Verdict judge_platforms(const Facts& facts) {
    return judged(facts.settings, [&](const StoredSettings& settings) {
        return judged(facts.engine.containers, [&](const std::vector<ContainerFacts>& containers) {
            return judged(
                facts.engine.image_platforms, [&](const std::map<std::string, std::string>& platforms) {
                    const std::string machine = "linux/" + facts.machine.architecture;
                    std::vector<std::string> others;
                    for (const ContainerFacts& container : containers) {
                        const auto platform = platforms.find(container.image_id);
                        const bool is_ours =
                            !settings.project.empty() && container.project == settings.project.value;
                        if (!is_ours || platform == platforms.end() || platform->second.starts_with(machine))
                            continue;
                        others.push_back(container.name + " (" + platform->second + ")");
                    }
                    if (others.empty()) return ok("all images are for this machine's " + machine);
                    return warning("images for another processor than " + machine + ": " + listed(others),
                                   "use an image for this platform; remove platform from the service");
                });
        });
    });
}

/// "containrrr/watchtower:1.7" → "watchtower"
std::string_view short_name(std::string_view image) {
    image = image.substr(image.rfind('/') + 1);
    return image.substr(0, image.find_first_of(":@"));
}

bool is_updater(const ContainerFacts& container) {
    static constexpr std::array names{"watchtower",      "ouroboros", "doco-cd",          "dockupdater",
                                      "docker-autoheal", "autoheal",  "balena-supervisor"};
    const auto is_name = [&](std::string_view name) { return short_name(container.image) == name; };
    return container.is_running && std::any_of(names.begin(), names.end(), is_name);
}

Verdict judge_updaters(const Facts& facts) {
    return judged(facts.engine.containers, [](const std::vector<ContainerFacts>& containers) {
        std::vector<std::string> updaters;
        for (const ContainerFacts& each : containers) {
            if (is_updater(each)) updaters.push_back(each.name + " (" + each.image + ")");
        }
        if (updaters.empty()) return ok("no other tool that replaces containers runs");
        return warning(
            listed(updaters) + " replaces or restarts containers, too: both undo each other's work",
            "remove it; pull_policy follows tags, and unhealthy containers are restarted anyway");
    });
}

Verdict judge_project(const Facts& facts) {
    return judged(facts.settings, [&](const StoredSettings& settings) {
        return judged(facts.engine.containers, [&](const std::vector<ContainerFacts>& containers) {
            std::vector<std::string> foreign;
            for (const ContainerFacts& each : containers) {
                const bool is_of_project =
                    !settings.project.empty() && each.project == settings.project.value;
                const bool is_of_others = is_of_project && each.config_files != settings.config_files &&
                                          !settings.services.contains(each.service);
                if (is_of_others) foreign.push_back(each.name + " (" + each.config_files + ")");
            }
            if (foreign.empty()) return ok("nobody else uses the project's name");
            return warning("docker compose has made containers under the same project name " +
                               settings.project.value + ": " + listed(foreign),
                           "give one of both another name: name in the model, or docker compose -p NAME");
        });
    });
}

std::vector<std::string> words_of(std::string_view command) {
    auto words = dockerd::unit_words(command);
    return words ? std::move(*words) : std::vector<std::string>{};
}

bool is_program(const std::string& word, std::string_view name) {
    return word == name || word.ends_with("/" + std::string(name));
}

/// The project that the options of a command name; nullopt if they name none.
std::optional<std::string> project_option(const std::vector<std::string>& words) {
    constexpr std::string_view with_value = "--project-name=", letter = "-p";
    for (auto word = words.begin(); word != words.end(); ++word) {
        const bool is_before = *word == letter || *word == "--project-name";
        if (is_before) return std::next(word) == words.end() ? "" : *std::next(word);
        if (word->starts_with(with_value)) return word->substr(with_value.size());
        if (word->starts_with(letter)) return word->substr(letter.size());
    }
    return std::nullopt;
}

/// The project of a unit's commands that name none: by its environment, else by its folder.
std::string default_project(const std::vector<dockerd::UnitSetting>& settings) {
    constexpr std::string_view variable = "COMPOSE_PROJECT_NAME=";
    std::string project;
    for (const dockerd::UnitSetting& setting : settings) {
        if (setting.key == "WorkingDirectory" && project.empty())
            project = std::filesystem::path(setting.value).filename();
        if (setting.key != "Environment") continue;
        for (const std::string& word : words_of(setting.value)) {
            if (word.starts_with(variable)) return word.substr(variable.size());
        }
    }
    return project;
}

/// What a unit does to our containers; "" for nothing.
std::string meddling(const UnitFile& unit, const StoredSettings& settings) {
    const std::vector<dockerd::UnitSetting> all = dockerd::unit_settings(unit.text);
    const std::string& project = settings.project.value;
    for (const dockerd::UnitSetting& setting : all) {
        if (!setting.key.starts_with("Exec")) continue;
        const std::vector<std::string> words = words_of(setting.value);
        const auto has = [&](std::string_view name) {
            return std::any_of(words.begin(), words.end(),
                               [&](const auto& word) { return is_program(word, name); });
        };
        const bool is_compose = has("docker-compose") || (has("docker") && has("compose"));
        if (is_compose && project_option(words).value_or(default_project(all)) == project)
            return "runs docker compose for project " + project;
        for (const std::string& name : settings.container_names) {
            if (!is_compose && has("docker") && has(name)) return "runs docker for container " + name;
        }
    }
    return "";
}

Verdict judge_units(const Facts& facts) {
    return judged(facts.settings, [&](const StoredSettings& settings) {
        return judged(facts.systemd.admin_units, [&](const std::vector<UnitFile>& units) {
            if (settings.project.empty()) return skipped("the settings have no services");
            std::vector<std::string> found;
            for (const UnitFile& unit : units) {
                if (const std::string what = meddling(unit, settings); !what.empty())
                    found.push_back(unit.path + " " + what);
            }
            if (found.empty()) return ok("no unit works on the project");
            return warning(listed(found), "systemctl disable --now that unit, and delete it");
        });
    });
}

constexpr std::array table_of_compose{
    Check{"model", Category::compose, "settings.md#compose-and-compose-environment", judge_model},
    Check{"platforms", Category::compose, "settings.md#compose-and-compose-environment", judge_platforms},
    Check{"updaters", Category::compose, "settings.md#reconcile", judge_updaters},
    Check{"project", Category::compose, "settings.md#compose-and-compose-environment", judge_project},
    Check{"units", Category::compose, "doctor.md#compose", judge_units},
};

}  // namespace

std::span<const Check> compose_checks() { return table_of_compose; }

}  // namespace dockerext::doctor
