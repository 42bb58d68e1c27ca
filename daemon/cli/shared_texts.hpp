#pragma once

#include "cli/table.hpp"
#include "model/plan.hpp"
#include "model/status.hpp"

#include <string>
#include <vector>

namespace dockerext::cli {

// Pieces that several texts share. All returned text is printable.

constexpr std::size_t state_columns = 14;  ///< "running 12/12" and a space

Colour colour_of(model::ServiceState state) noexcept;
Colour colour_of(model::OverallState state) noexcept;

/// "memory: 64 MiB → 128 MiB"
std::string change_text(const model::Change& change);
/// "not running (state: exited → running)": a reason and the fields that differ.
std::string reason_text(const std::string& reason, const std::vector<model::Change>& changes);
/// "1 of 2 replaced, watching 6 s of 10 s": why the service is not as desired.
std::string reason_text(const model::ServiceStatus& service, model::WallTime now);
/// "retry in 12 s"; "retry due" when the time has come.
std::string retry_text(model::WallTime next_attempt, model::WallTime now);
/// "3 failures, retry in 12 s"; "" without failures and without a next attempt.
std::string attempts_text(const model::ServiceStatus& service, model::WallTime now);
/// What is held and why, one per row.
Table held_table(const std::vector<model::Held>& held);
/// "nginx:1@sha256:0a1b2c3d4e5f": the image, and the digest of what runs if it is known.
std::string image_text(const model::ContainerStatus& container);
/// "1 step", "2 steps"
std::string count_text(std::size_t count, const std::string& what);
/// The texts that are not empty, joined with `between`.
std::string joined_nonempty(const std::vector<std::string>& texts, std::string_view between);

}  // namespace dockerext::cli
