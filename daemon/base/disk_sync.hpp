#pragma once

namespace dockerext {

// fsync(2) and fdatasync(2). On a slow or busy disk one call can take longer than a service manager waits for
// a sign of life, so a callback can send one before each call.
int sync_file(int fd);
int sync_data(int fd);

/// Sets the callback that runs before each of these calls. For the whole process; there is none by default.
void set_sync_callback(void (*callback)());

}  // namespace dockerext
