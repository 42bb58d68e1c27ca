#pragma once

#include "plan/compared_field.hpp"

/// Comparisons for the fields that a service may leave to its image. Without the image, what it would decide
/// is unknown and counts as right. The table is in differences.cpp.
namespace dockerext::plan {

bool same_image(const Expectation& expected, const model::ObservedContainer& container);
Texts image_texts(const Expectation& expected, const model::ObservedContainer& container);
bool same_command(const Expectation& expected, const model::ObservedContainer& container);
Texts command_texts(const Expectation& expected, const model::ObservedContainer& container);
bool same_entrypoint(const Expectation& expected, const model::ObservedContainer& container);
Texts entrypoint_texts(const Expectation& expected, const model::ObservedContainer& container);
bool same_user(const Expectation& expected, const model::ObservedContainer& container);
Texts user_texts(const Expectation& expected, const model::ObservedContainer& container);
bool same_folder(const Expectation& expected, const model::ObservedContainer& container);
Texts folder_texts(const Expectation& expected, const model::ObservedContainer& container);
bool same_health(const Expectation& expected, const model::ObservedContainer& container);
Texts health_texts(const Expectation& expected, const model::ObservedContainer& container);
bool same_exposed(const Expectation& expected, const model::ObservedContainer& container);

}  // namespace dockerext::plan
