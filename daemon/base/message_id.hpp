#pragma once

#include "base/log.hpp"

namespace dockerext::log {

// Messages that systemd/dockerextd.catalog explains in `journalctl -x`, and the fields that it quotes. An id
// never changes its meaning.

inline constexpr Field id_daemon_started{"MESSAGE_ID", "e52182334efe4432b9849c96207f87d7"};
/// SOURCE, SEQUENCE
inline constexpr Field id_settings_accepted{"MESSAGE_ID", "0d162b199ddd43afa49c8f6f788b6436"};
/// SOURCE, SEQUENCE, REASON
inline constexpr Field id_settings_rejected{"MESSAGE_ID", "59ad4d445178463c826a2c229c530e34"};
/// A step on a container: SERVICE, CONTAINER, CONTAINER_ID, STEP, REASON, CYCLE
inline constexpr Field id_drift_repaired{"MESSAGE_ID", "02c06fd9cccb4ed5bdf406a9c6e88cbb"};
/// Any other step: OBJECT, STEP, REASON, CYCLE
inline constexpr Field id_step_done{"MESSAGE_ID", "e46747a00f164837b00f5bedd80c586b"};
/// SERVICE, CONTAINER or OBJECT, CONTAINER_ID, STEP, REASON, ERROR, CYCLE
inline constexpr Field id_step_failed{"MESSAGE_ID", "1a1e22ff6c8d44a9b6785b62c06aacdc"};
/// ERROR
inline constexpr Field id_engine_lost{"MESSAGE_ID", "30b9571b96e0488d8d08aad56fb28e8b"};
/// VERSION, API
inline constexpr Field id_engine_back{"MESSAGE_ID", "5db6e5f05a074507b1acc3ff82b07dd6"};

}  // namespace dockerext::log
