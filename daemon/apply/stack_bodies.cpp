#include "apply/stack_bodies.hpp"

#include "apply/body_writer.hpp"
#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "base/json_document.hpp"
#include "base/json_merge.hpp"
#include "model/image_reference.hpp"

#include <algorithm>

namespace dockerext::apply {
namespace {

bool is_arm(std::string_view architecture) {
    constexpr std::string_view arm = "arm";
    return std::equal(architecture.begin(), architecture.end(), arm.begin(), arm.end(),
                      [](char c, char wanted) { return to_lower(c) == wanted; });
}

/// Nodes report their variant of arm ("armv7l"), which no image has, so docker does not ask for it.
void write_platform(BodyWriter& patch, const engine::ImagePlatform& platform) {
    patch.object([&] {
        patch.member_if_set("Architecture",
                            is_arm(platform.architecture) ? std::string() : platform.architecture);
        patch.member_if_set("OS", platform.os);
    });
}

std::string pinned_image(const model::ImageRef& image, const std::string& digest) {
    std::string familiar = model::familiar_image(image.value);
    return familiar.find('@') == std::string::npos ? familiar + "@" + digest : familiar;
}

}  // namespace

Secret create_stack_file_body(const model::StackFile& file) {
    const Secret data(base64(file.content.reveal()));
    BodyWriter writer;
    writer.object([&] {
        writer.member("Name", file.name);
        writer.member("Labels", file.labels);
        writer.member("Data", data.reveal());
        if (!file.template_driver.empty())
            writer.object("Templating", [&] { writer.member("Name", file.template_driver); });
    });
    return Secret(writer.text());
}

Result<std::string> spec_with_image(std::string_view spec, const model::ImageRef& image,
                                    const std::optional<engine::RegistryImage>& found) {
    const auto json = JsonDocument::parse(spec, JsonDialect::strict, {.bytes = 16U << 20, .depth = 64});
    if (!json) return json.error().within("the service's spec");
    BodyWriter patch;
    patch.object([&] {
        patch.object("TaskTemplate", [&] {
            patch.object("ContainerSpec", [&] {
                patch.member("Image",
                             found ? pinned_image(image, found->digest) : model::familiar_image(image.value));
            });
            if (!found || found->platforms.empty()) return;
            patch.object("Placement", [&] {
                patch.array("Platforms", [&] {
                    for (const engine::ImagePlatform& platform : found->platforms)
                        write_platform(patch, platform);
                });
            });
        });
    });
    return merge_patch(json->root(), JsonDocument::parse(patch.text()).value().root());
}

}  // namespace dockerext::apply
