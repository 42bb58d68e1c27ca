#pragma once

namespace dockerext {

/// OpenSSL's memory is zeroed when it is given back, as all other is. Before anything of OpenSSL is called.
void use_wiped_heap_for_openssl();

}  // namespace dockerext
