#include "compose/stack_check.hpp"

#include "compose/stack_names.hpp"
#include "compose/stack_service_check.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace dockerext::compose {
namespace {

constexpr std::string_view letters_and_digits =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// What a name in the swarm may be, besides letters and digits.
struct NameRule {
    std::string_view others;  ///< neither first nor last
    std::size_t longest;
};
constexpr NameRule name_rule{"-_", 63};  ///< of services and networks
constexpr NameRule file_name_rule{"-_.", 64};

/// What SwarmKit takes as one of its two kinds of objects with content: fewer bytes than `size`.
struct FileLimits {
    std::string_view what;
    std::size_t size;
};
constexpr FileLimits config_limits{"config", 1'024'000};
constexpr FileLimits secret_limits{"secret", 512'000};

/// Whether it begins and ends with a letter or digit, and has only these and `others` between.
bool is_name(std::string_view name, std::string_view others) {
    const auto fits = [&](char c) { return letters_and_digits.find(c) != std::string_view::npos; };
    if (name.empty() || !fits(name.front()) || !fits(name.back())) return false;
    return std::all_of(name.begin(), name.end(),
                       [&](char c) { return fits(c) || others.find(c) != std::string_view::npos; });
}

class StackChecker {
public:
    StackChecker(const Project& project, Diagnostics& diagnostics)
        : project_(project), diagnostics_(diagnostics) {}

    void check() {
        for (const auto& [name, service] : project_.services) {
            check_name(name_in_stack(project_.name, name), name_rule, service.pointer);
            check_stack_service(service, diagnostics_);
            for (const auto& [key, attachment] : service.networks) check_network(key, attachment.pointer);
            for (const Mount& mount : service.volumes) check_mount(mount);
            for (const FileReference& file : service.configs)
                check_file(file, project_.configs, config_limits);
            for (const FileReference& file : service.secrets)
                check_file(file, project_.secrets, secret_limits);
        }
    }

private:
    void complain(const std::string& pointer, std::string text) {
        diagnostics_.problems.add(pointer, std::move(text));
    }

    void check_name(const std::string& name, const NameRule& rule, const std::string& pointer) {
        const std::string begin = "the name in the swarm, '" + name + "', ";
        if (name.size() > rule.longest)
            complain(pointer, begin + "is longer than " + std::to_string(rule.longest) + " characters");
        if (is_name(name, rule.others)) return;
        std::string others;
        for (const char c : rule.others) others += std::string(others.empty() ? "'" : ", '") + c + "'";
        complain(pointer, begin + "must begin and end with a letter or digit, and have only these and " +
                              others + " between");
    }

    void check_network(const std::string& key, const std::string& pointer) {
        const auto network = project_.networks.find(key);
        if (network == project_.networks.end() || network->second.external) return;
        constexpr std::array<std::string_view, 6> of_one_node{"bridge",  "host", "ipvlan",
                                                              "macvlan", "none", "null"};
        const std::string& driver = network->second.driver;
        if (std::find(of_one_node.begin(), of_one_node.end(), driver) != of_one_node.end()) {
            complain(pointer, "network '" + key + "' has the driver " + driver +
                                  ", whose networks are of one node: use overlay, or an external network");
        }
        check_name(network->second.name, name_rule, pointer);
    }

    void check_mount(const Mount& mount) {
        const auto refuse = [&](std::string_view options, bool given) {
            if (given && mount.type != options)
                complain(mount.pointer,
                         "'" + std::string(options) + "' options are not for a mount of type " + mount.type);
        };
        refuse("bind", mount.bind && !mount.bind->propagation.empty());
        refuse("volume", mount.volume && (mount.volume->nocopy || !mount.volume->subpath.empty()));
        refuse("tmpfs", mount.tmpfs.has_value());
        if (mount.volume && !mount.volume->subpath.empty())
            complain(mount.pointer, "engines before 26 ignore 'subpath' in a swarm: mount the whole volume");
        if (mount.type == "image")
            complain(mount.pointer, "SwarmKit has no mounts of type image: use a volume");
    }

    /// Not the content of an external object, which is in the swarm already.
    void check_file(const FileReference& file, const std::map<std::string, FileObject>& objects,
                    const FileLimits& limits) {
        const auto found = objects.find(file.source);
        if (found == objects.end()) return;
        const FileObject& object = found->second;
        check_name(object.name, file_name_rule, object.pointer);
        if (object.external || !object.value) return;
        const std::size_t size = object.value->reveal().size();
        if (size > 0 && size < limits.size) return;
        complain(object.pointer, "the content has " + std::to_string(size) + " bytes; a " +
                                     std::string(limits.what) + " has at least 1 and fewer than " +
                                     std::to_string(limits.size));
    }

    const Project& project_;
    Diagnostics& diagnostics_;
};

}  // namespace

void check_stack(const Project& project, Diagnostics& diagnostics) {
    StackChecker(project, diagnostics).check();
}

}  // namespace dockerext::compose
