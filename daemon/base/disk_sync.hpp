#pragma once

namespace dockerext {

// fsync(2) and fdatasync(2). A slow or busy disk can take longer for one than a service manager waits for a
// sign of life, so one that waits is told before each.
int sync_file(int fd);
int sync_data(int fd);

/// From now on `tell` is called before each of these. For the whole process; by default nobody is told.
void before_each_sync(void (*tell)());

}  // namespace dockerext
