// The heap of this program zeroes memory when it is freed. Secrets leave the Secret type where other code
// needs them: an interpolated variable in a container's environment, a password in the body of a request,
// copies that Beast and OpenSSL make. None of these stays in free memory, where a later core dump or a read
// of the process's memory would find it.
#include "wiped_heap.hpp"

#include <malloc.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace {

void wipe_and_free(void* block) noexcept {
    if (block == nullptr) return;
    ::explicit_bzero(block, ::malloc_usable_size(block));
    std::free(block);
}

void* or_throw(void* block) {
    if (block == nullptr) throw std::bad_alloc();
    return block;
}

}  // namespace

namespace dockerext {

void use_wiped_heap_for_openssl() {
    const auto allocate = [](std::size_t size, const char*, int) { return std::malloc(size); };
    const auto grow = [](void* old, std::size_t size, const char*, int) -> void* {
        void* const fresh = size == 0 ? nullptr : std::malloc(size);
        if (fresh == nullptr && size != 0) return nullptr;
        if (old != nullptr && fresh != nullptr)
            std::memcpy(fresh, old, std::min(size, ::malloc_usable_size(old)));
        wipe_and_free(old);
        return fresh;
    };
    const auto release = [](void* block, const char*, int) { wipe_and_free(block); };
    (void)::CRYPTO_set_mem_functions(allocate, grow, release);
}

}  // namespace dockerext

// All other forms of new and delete in the standard library call these.
void* operator new(std::size_t size) { return or_throw(std::malloc(std::max<std::size_t>(size, 1))); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    const auto unit = static_cast<std::size_t>(alignment);
    return or_throw(std::aligned_alloc(unit, (std::max<std::size_t>(size, 1) + unit - 1) / unit * unit));
}
void operator delete(void* block) noexcept { wipe_and_free(block); }
void operator delete(void* block, std::size_t) noexcept { wipe_and_free(block); }
void operator delete(void* block, std::align_val_t) noexcept { wipe_and_free(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { wipe_and_free(block); }
