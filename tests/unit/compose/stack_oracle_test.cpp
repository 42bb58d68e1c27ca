#include "base/base64.hpp"
#include "json_leaves.hpp"
#include "loading.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace dockerext::compose {
namespace {

namespace fs = std::filesystem;
using model::StackFileKind;

struct Exception {
    std::string_view path;  ///< "*" at its end stands for any rest
    std::string_view value;
    std::string_view why;
};

/// What the engine adds to a request that leaves it out.
constexpr std::array filled_in = std::to_array<Exception>({
    {"TaskTemplate.ContainerSpec.Isolation", "default", "the engine's default"},
    {"TaskTemplate.Runtime", "container", "the kind of every service"},
    {"TaskTemplate.RestartPolicy.Condition", "any", "Swarm's default"},
    {"UpdateConfig.FailureAction", "pause", "Swarm's default"},
    {"UpdateConfig.Order", "stop-first", "Swarm's default"},
    {"RollbackConfig.FailureAction", "pause", "Swarm's default"},
    {"RollbackConfig.Order", "stop-first", "Swarm's default"},
    {"EndpointSpec.Mode", "vip", "Swarm's default"},
});

struct Difference {
    std::string_view model, path, why;
};

/// Where our request differs from that of docker's command on purpose.
constexpr std::array differences = std::to_array<Difference>({
    {"application_log_pipeline", "TaskTemplate.ContainerSpec.Env*",
     "files of variables have Compose's syntax"},
    {"environment_empty", "TaskTemplate.ContainerSpec.Env*",
     "a variable with an empty value keeps it, as in Compose; docker's command takes it from its own "
     "environment"},
    {"environment_files", "TaskTemplate.ContainerSpec.Env*", "files of variables have Compose's syntax"},
    {"extra_hosts_order", "TaskTemplate.ContainerSpec.Hosts*", "Compose sorts the hosts of a list"},
});

bool matches(std::string_view pattern, std::string_view path) {
    if (!pattern.ends_with('*')) return pattern == path;
    return path.starts_with(pattern.substr(0, pattern.size() - 1));
}

std::string content_of(const fs::path& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

std::string file_text(const std::string& name, const std::string& target, const std::string& uid,
                      const std::string& gid, std::int64_t mode) {
    return name + " at " + target + " for " + uid + ":" + gid + " with " + std::to_string(mode);
}

/// Docker's command orders uses of one object by chance.
std::vector<std::string> recorded_files(const JsonCursor& container, const std::string& kind) {
    std::vector<std::string> files;
    const auto found = container.find(kind + "s").value();
    for (const JsonCursor& each : found ? found->items().value() : std::vector<JsonCursor>()) {
        const JsonCursor file = each.at("File").value();
        const auto text = [&](std::string_view key) { return file.at(key)->string().value(); };
        files.push_back(file_text(each.at(kind + "Name")->string().value(), text("Name"), text("UID"),
                                  text("GID"), file.at("Mode")->integer().value()));
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::vector<std::string> our_files(const model::StackService& service, StackFileKind kind) {
    std::vector<std::string> files;
    for (const model::StackFileUse& use : service.files) {
        if (use.kind == kind) files.push_back(file_text(use.name, use.target, use.uid, use.gid, use.mode));
    }
    std::sort(files.begin(), files.end());
    return files;
}

/// The model has it as written, docker's command in a form for people; the room apply knows that form.
const std::string image = "TaskTemplate.ContainerSpec.Image";

class Comparison {
public:
    explicit Comparison(std::string model) : model_(std::move(model)) {}

    void service(const model::StackService& ours, const JsonCursor& recorded) {
        SCOPED_TRACE(ours.name);
        Leaves theirs = leaves_of(recorded.text());
        std::erase_if(theirs, [](const auto& leaf) {
            return leaf.first.starts_with("TaskTemplate.ContainerSpec.Configs") ||
                   leaf.first.starts_with("TaskTemplate.ContainerSpec.Secrets");
        });
        Leaves asked = leaves_of(ours.spec);
        for (Leaves* const each : {&theirs, &asked}) each->erase(image);
        leaves(theirs, asked);
        const JsonCursor container = recorded.at("TaskTemplate")->at("ContainerSpec").value();
        EXPECT_EQ(our_files(ours, StackFileKind::config), recorded_files(container, "Config"));
        EXPECT_EQ(our_files(ours, StackFileKind::secret), recorded_files(container, "Secret"));
        EXPECT_EQ(ours.image.value, recorded.at("Labels")->at(model::labels::stack_image)->string().value());
    }

    void network(const model::NetworkSpec& ours, const JsonCursor& recorded) const {
        SCOPED_TRACE(ours.name.value);
        EXPECT_EQ(ours.driver, recorded.at("Driver")->string().value());
        EXPECT_EQ(ours.attachable, recorded.at("Attachable")->boolean().value());
        EXPECT_EQ(ours.internal, recorded.at("Internal")->boolean().value());
        EXPECT_EQ(ours.enable_ipv6, recorded.at("EnableIPv6")->boolean().value());
        EXPECT_EQ(ours.labels, texts(recorded.at("Labels").value()));
        EXPECT_EQ(ours.driver_options, texts(recorded.at("Options").value()));
        std::vector<std::string> subnets;
        const auto ipam = recorded.find("IPAM").value();  // recorded if the model has it
        for (const JsonCursor& pool : ipam ? ipam->at("Config")->items().value() : std::vector<JsonCursor>())
            subnets.push_back(pool.at("Subnet")->string().value());
        ASSERT_EQ(ours.ipam_pools.size(), subnets.size());
        for (std::size_t i = 0; i < subnets.size(); ++i) EXPECT_EQ(ours.ipam_pools[i].subnet, subnets[i]);
    }

    /// The engine does not show the content of a secret.
    void file(const model::StackFile& ours, const JsonCursor& recorded) const {
        SCOPED_TRACE(ours.name);
        EXPECT_EQ(ours.labels, texts(recorded.at("Labels").value()));
        const auto templating = recorded.find("Templating").value();
        EXPECT_EQ(ours.template_driver, templating ? templating->at("Name")->string().value() : "");
        const auto data = recorded.find("Data").value();
        const std::string content(ours.content.reveal());
        EXPECT_EQ(content, data ? from_base64(data->string().value()) : content);
    }

    /// No difference that is listed has gone.
    void expect_all_differences() const {
        for (const Difference& each : differences) {
            const bool has_gone = each.model == model_ && !found_.contains(each.path);
            EXPECT_FALSE(has_gone) << each.path;
        }
    }

private:
    bool is_on_purpose(std::string_view path) {
        const auto found = std::find_if(differences.begin(), differences.end(), [&](const Difference& each) {
            return each.model == model_ && matches(each.path, path);
        });
        if (found == differences.end()) return false;
        found_.insert(found->path);
        return true;
    }

    static std::map<std::string, std::string> texts(const JsonCursor& object) {
        std::map<std::string, std::string> texts;
        for (const auto& [key, value] : object.members().value()) texts[key] = value.string().value();
        return texts;
    }

    void leaves(const Leaves& theirs, const Leaves& ours) {
        for (const auto& [path, value] : theirs) {
            const auto found = ours.find(path);
            const bool is_added = found == ours.end() && is_filled_in(path, value);
            const std::string asked = found == ours.end() ? "absent" : found->second;
            if (asked == value || is_added || is_on_purpose(path)) continue;
            EXPECT_EQ(asked, value) << path;
        }
        for (const auto& [path, value] : ours) {
            const auto below = theirs.lower_bound(path + ".");
            const bool is_filled =
                value == "{}" && below != theirs.end() && below->first.starts_with(path + ".");
            if (!theirs.contains(path) && !is_filled && !is_on_purpose(path))
                ADD_FAILURE() << "added " << path << ": " << value;
        }
    }

    static bool is_filled_in(std::string_view path, std::string_view value) {
        return std::any_of(filled_in.begin(), filled_in.end(),
                           [&](const Exception& each) { return each.path == path && each.value == value; });
    }

    std::string model_;
    std::set<std::string_view> found_;  ///< the paths of differences
};

Input input_of_model(const std::string& name) {
    const fs::path models = fs::path(STACK_ORACLE) / "models";
    Input input = input_of_yaml(content_of(models / (name + ".yml")));
    input.form = Form::stack;
    input.environment["COMPOSE_PROJECT_NAME"] = name;
    input.read_file = [models](const std::string& path) -> Result<std::string> {
        return content_of(models / fs::path(path).lexically_relative("/project"));
    };
    return input;
}

std::set<std::string> names_in(const JsonCursor& object) {
    std::set<std::string> names;
    for (const auto& [name, member] : object.members().value()) names.insert(name);
    return names;
}

void compare_services(Comparison& comparison, const model::Stack& stack, const JsonCursor& recorded) {
    std::set<std::string> names;
    for (const auto& [key, service] : stack.services) {
        names.insert(service.name);
        const auto found = recorded.find(service.name).value();
        if (found) comparison.service(service, *found);
    }
    EXPECT_EQ(names, names_in(recorded));
}

void compare_networks(Comparison& comparison, const model::Stack& stack, const JsonCursor& recorded) {
    std::set<std::string> names;
    for (const auto& [name, network] : stack.networks) {
        if (network.external) continue;
        names.insert(name.value);
        const auto found = recorded.find(name.value).value();
        if (found) comparison.network(network, *found);
    }
    EXPECT_EQ(names, names_in(recorded));
}

void compare_files(Comparison& comparison, const model::Stack& stack, StackFileKind kind,
                   const JsonCursor& recorded) {
    std::set<std::string> names;
    for (const model::StackFile& file : stack.files) {
        if (file.external || file.kind != kind) continue;
        names.insert(file.name);
        const auto found = recorded.find(file.name).value();
        if (found) comparison.file(file, *found);
    }
    EXPECT_EQ(names, names_in(recorded));
}

/// recorded/ has what `docker stack deploy` made of each model; tests/oracle/stack/record.py made it.
TEST(StackOracle, AsksForWhatDockersCommandAsksFor) {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(fs::path(STACK_ORACLE) / "recorded")) {
        const std::string name = entry.path().stem();
        SCOPED_TRACE(name);
        const auto document = JsonDocument::parse(content_of(entry.path()));
        ASSERT_TRUE(document) << document.error().message();
        const JsonCursor recorded = document->root();
        const Loaded loaded = load(input_of_model(name));
        ASSERT_TRUE(loaded.stack) << to_text(loaded.problems);
        Comparison comparison(name);
        compare_services(comparison, *loaded.stack, recorded.at("services").value());
        compare_networks(comparison, *loaded.stack, recorded.at("networks").value());
        compare_files(comparison, *loaded.stack, StackFileKind::config, recorded.at("configs").value());
        compare_files(comparison, *loaded.stack, StackFileKind::secret, recorded.at("secrets").value());
        comparison.expect_all_differences();
        ++count;
    }
    EXPECT_GT(count, 80U);
}

}  // namespace
}  // namespace dockerext::compose
