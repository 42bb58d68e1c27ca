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

/// A real message bus of its own that is the system bus for this process while it lives.
class PrivateBus {
public:
    PrivateBus();
    PrivateBus(const PrivateBus&) = delete;
    PrivateBus& operator=(const PrivateBus&) = delete;
    ~PrivateBus();

    void stop();
    void start();  ///< again, at the same address

    /// Another connection to it.
    SdBus connect() const;

private:
    TemporaryFolder folder_;
    pid_t pid_ = 0;
};

}  // namespace dockerext::test
