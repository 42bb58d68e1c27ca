#pragma once

#include "base/error.hpp"
#include "base/secret.hpp"
#include "engine/images.hpp"
#include "model/stack.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Request bodies for the objects of a stack, as docker's own client sends them. Its networks have that of
/// bodies.hpp.
namespace dockerext::apply {

/// POST /configs/create, POST /secrets/create.
Secret create_stack_file_body(const model::StackFile& file);

/// A ServiceSpec with its image as docker's client writes it (model::familiar_image). If its registry was
/// asked: with the digest, unless the reference has one already, and with the platforms.
Result<std::string> spec_with_image(std::string_view spec, const model::ImageRef& image,
                                    const std::optional<engine::RegistryImage>& found);

}  // namespace dockerext::apply
