// Replaces base/disk_sync.cpp.
#include "base/disk_sync.hpp"

#include "disk.hpp"

namespace dockerext {

int sync_file(int fd) { return sim::Disk::current()->sync(fd); }
int sync_data(int fd) { return sim::Disk::current()->sync(fd); }
void set_sync_callback(void (*)()) {}

}  // namespace dockerext
