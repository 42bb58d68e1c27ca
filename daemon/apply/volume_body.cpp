#include "apply/bodies.hpp"
#include "apply/body_writer.hpp"

namespace dockerext::apply {

std::string create_volume_body(const model::VolumeSpec& spec) {
    BodyWriter writer;
    writer.object([&] {
        writer.member("Name", spec.name.value);
        writer.member_if_set("Driver", spec.driver);
        writer.member_if_set("DriverOpts", spec.driver_options);
        writer.member("Labels", spec.labels);
    });
    return writer.text();
}

}  // namespace dockerext::apply
