#pragma once

namespace dockerext {

/// Makes OpenSSL zero its memory when it frees it. Must be called before any other function of OpenSSL.
void use_wiped_heap_for_openssl();

}  // namespace dockerext
