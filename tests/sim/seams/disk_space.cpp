// Replaces base/disk_space.cpp: the disk of the modelled engine.
#include "base/disk_space.hpp"

#include "docker/engine.hpp"

namespace dockerext {

Result<DiskSpace> disk_space(const std::string&) { return sim::Engine::current()->disk(); }

}  // namespace dockerext
