#include "observe/image_facts.hpp"

#include "engine/image_reference.hpp"
#include "observe/config_facts.hpp"
#include "observe/facts_reader.hpp"

namespace dockerext::observe {
namespace {

std::string_view without_prefix(std::string_view text, std::string_view prefix) {
    return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

}  // namespace

std::set<std::string> digests_in(const std::set<std::string>& references) {
    std::set<std::string> digests;
    for (const std::string& reference : references) {
        const std::size_t at = reference.find('@');
        if (at != std::string::npos) digests.insert(reference.substr(at + 1));
    }
    return digests;
}

Result<model::ObservedImage> read_image(const JsonCursor& inspect) {
    Problems problems;
    ObjectReader image(inspect, problems);
    ObjectReader config = object_in(image, "Config", problems);
    model::ObservedImage read{
        .id = {text_in(image, "Id")},
        .digests = digests_in(text_set_in(image, "RepoDigests")),
        .command = words_in(config, "Cmd"),
        .entrypoint = words_in(config, "Entrypoint"),
        .environment = environment_in(config),
        .labels = text_map_in(config, "Labels", problems),
        .exposed_ports = key_set_in(config, "ExposedPorts", problems),
        .volumes = key_set_in(config, "Volumes", problems),
        .user = text_in(config, "User"),
        .working_dir = text_in(config, "WorkingDir"),
        .stop_signal = text_in(config, "StopSignal"),
        .healthcheck = healthcheck_in(config, problems),
    };
    ObjectReader metadata = object_in(image, "Metadata", problems);
    read.tagged_at = time_in(metadata, "LastTagTime", problems);
    const std::string system = text_in(image, "Os");
    if (!system.empty()) read.platform = system + "/" + text_in(image, "Architecture");
    if (const std::string variant = text_in(image, "Variant"); !variant.empty())
        read.platform += "/" + variant;
    return unless_problems(std::move(read), problems);
}

std::string listed_reference(std::string_view reference) {
    const std::string_view within_hub =
        without_prefix(without_prefix(reference, "index.docker.io/"), "docker.io/");
    const engine::ImageReference parts = engine::split_reference(without_prefix(within_hub, "library/"));
    const bool is_digest = parts.tag.find(':') != std::string::npos;
    return parts.repository + (is_digest ? "@" : ":") + parts.tag;
}

}  // namespace dockerext::observe
