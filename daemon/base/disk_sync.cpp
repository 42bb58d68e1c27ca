#include "base/disk_sync.hpp"

#include <unistd.h>

#include <atomic>

namespace dockerext {
namespace {

std::atomic<void (*)()> sync_callback = nullptr;

void run_callback() {
    if (auto* const callback = sync_callback.load()) callback();
}

}  // namespace

int sync_file(int fd) {
    run_callback();
    return ::fsync(fd);
}

int sync_data(int fd) {
    run_callback();
    return ::fdatasync(fd);
}

void set_sync_callback(void (*run_callback)()) { sync_callback = run_callback; }

}  // namespace dockerext
