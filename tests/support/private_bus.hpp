#pragma once

#include "support/temporary_folder.hpp"

#include <sys/types.h>
#include <systemd/sd-bus.h>

#include <memory>
#include <string>

namespace dockerext::test {

struct SdBusUnref {
    void operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }
};
using SdBus = std::unique_ptr<sd_bus, SdBusUnref>;

/// A real, private message bus. During its lifetime it is this process's system bus.
class PrivateBus {
public:
    PrivateBus();
    PrivateBus(const PrivateBus&) = delete;
    PrivateBus& operator=(const PrivateBus&) = delete;
    ~PrivateBus();

    void stop();
    void start();  ///< restarts it at the same address

    /// Opens another connection to this bus.
    SdBus connect() const;

private:
    TemporaryFolder folder_;
    pid_t pid_ = 0;
};

}  // namespace dockerext::test
