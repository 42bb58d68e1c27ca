#include "compose/extra_hosts.hpp"
#include "compose/host_path.hpp"
#include "compose/image_name.hpp"
#include "compose/key.hpp"
#include "compose/ulimits.hpp"

#include <algorithm>
#include <array>

namespace dockerext::compose {
namespace {

/// A key that only BuildKit supports; refused if it asks for something.
constexpr Field<Build> buildkit_field(std::string_view name) {
    return {
        name, [](const Node& node, Build&, Diagnostics& diagnostics) {
            if (asks_for_nothing(node)) return;
            const std::string key = node.pointer.substr(node.pointer.rfind('/') + 1);
            diagnostics.problem(
                node,
                "'" + key +
                    "' needs BuildKit, but services are built with the engine's classic builder: build the "
                    "image elsewhere and name it in 'image'");
        }};
}

constexpr std::array build_fields = std::to_array<Field<Build>>({
    field<&Build::context>("context"),
    field<&Build::dockerfile>("dockerfile"),
    field<&Build::dockerfile_inline>("dockerfile_inline"),
    buildkit_field("entitlements"),
    field<&Build::args, read_variables>("args"),
    buildkit_field("ssh"),
    field<&Build::labels>("labels"),
    field<&Build::cache_from, read_cache_sources>("cache_from"),
    buildkit_field("cache_to"),
    field<&Build::no_cache>("no_cache"),
    buildkit_field("no_cache_filter"),
    buildkit_field("additional_contexts"),
    field<&Build::network>("network"),
    buildkit_field("provenance"),
    buildkit_field("sbom"),
    field<&Build::pull>("pull"),
    field<&Build::target>("target"),
    field<&Build::shm_size>("shm_size"),
    {"extra_hosts", read_member_by<&Build::extra_hosts, read_extra_hosts>},
    field<&Build::isolation>("isolation"),
    buildkit_field("privileged"),
    buildkit_field("secrets"),
    field<&Build::tags, read_image_names>("tags"),
    {"ulimits", read_member_by<&Build::ulimits, read_ulimits>},
    field<&Build::platforms>("platforms"),
});

/// An empty context is the project directory. A context whose beginning was an unset variable may be the
/// whole file system.
void check_context(const Node& node, const Build& build, Diagnostics& diagnostics) {
    const Node* context = node.map() ? node.find("context") : &node;
    if (context && build.context.starts_with('/')) (void)diagnostics.refuse_unset_prefix(*context);
}

void check(const Node& node, const Build& build, Diagnostics& diagnostics) {
    if (!build.dockerfile.empty() && !build.dockerfile_inline.empty())
        diagnostics.problem(node, "'dockerfile' and 'dockerfile_inline' exclude each other");
    if (build.platforms.size() > 1) {
        diagnostics.problem(
            *node.find("platforms"),
            "'platforms' lists several, but the engine's classic builder builds one at a time");
    }
    if (!is_address(build.context)) return;
    if (!build.dockerfile_inline.empty())
        diagnostics.problem(node, "'dockerfile_inline' needs a context that is a folder of this machine");
    if (build.dockerfile.starts_with('/'))
        diagnostics.problem(*node.find("dockerfile"), "expected a path inside the context, which is a URL");
}

void read_build(const Node& node, std::optional<Build>& into, Diagnostics& diagnostics) {
    Build& build = into.emplace();
    build.pointer = node.pointer;
    if (node.text()) build.context = *node.text();
    else read_fields(node, build, std::span<const Field<Build>>(build_fields), "build", diagnostics);
    if (node.map()) check(node, build, diagnostics);
    check_context(node, build, diagnostics);
}

std::string default_image(const Naming& naming, const Service& service) {
    return naming.project + "-" + service.name;
}

model::Build::Context context_of(const Build& build) {
    using Made = model::Build;
    if (is_address(build.context)) return Made::Remote{build.context, build.dockerfile};
    if (build.dockerfile_inline.empty())
        return Made::Folder{build.context, Made::DockerfilePath{build.dockerfile}};
    return Made::Folder{build.context, Made::DockerfileText{build.dockerfile_inline}};
}

void apply_build(const Service& from, const Naming& naming, model::Service& into) {
    if (!from.build) return;
    const Build& build = *from.build;
    model::Build& made = into.build.emplace();
    made.context = context_of(build);
    for (const auto& [name, value] : build.args) {
        if (value) made.arguments[name] = *value;
    }
    made.labels = build.labels;
    made.tags = build.tags;
    made.cache_from = build.cache_from;
    for (std::string host : build.extra_hosts) {
        host[host.find('=')] = ':';
        made.extra_hosts.push_back(std::move(host));
    }
    made.target = build.target;
    made.network = build.network;
    made.isolation = build.isolation;
    made.platform = build.platforms.empty() ? from.platform : build.platforms.front();
    made.ulimits = to_model(build.ulimits);
    model::set_from(build.shm_size.count, made.shm_size);
    made.no_cache = build.no_cache;
    made.pull = build.pull;
    made.try_registry_first = !from.image.empty();
    if (from.image.empty()) into.container.image = {default_image(naming, from)};
}

}  // namespace

std::span<const Key> build_keys() {
    static constexpr std::array keys = std::to_array<Key>({
        {{"build", read_member_by<&Service::build, read_build>}, apply_build},
    });
    return keys;
}

}  // namespace dockerext::compose
