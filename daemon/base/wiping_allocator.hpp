#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

/// Allocators for secrets: they zero memory before they free it, also when a text grows.
namespace dockerext {

template <typename T>
struct WipingAllocator {
    using value_type = T;

    WipingAllocator() = default;
    template <typename Other>
    WipingAllocator(const WipingAllocator<Other>&) noexcept {}

    T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
    void deallocate(T* begin, std::size_t count) noexcept {
        ::explicit_bzero(begin, count * sizeof(T));
        std::allocator<T>().deallocate(begin, count);
    }
    bool operator==(const WipingAllocator&) const = default;
};

/// For building a text that becomes a Secret.
using WipedString = std::basic_string<char, std::char_traits<char>, WipingAllocator<char>>;

/// The same in the form that RapidJSON expects. RapidJSON does not pass the size of a block that it frees, so
/// each block is preceded by its size.
struct WipingJsonAllocator {
    static constexpr bool kNeedFree = true;

    void* Malloc(std::size_t size) {
        if (size == 0) return nullptr;
        auto* const head = static_cast<Head*>(std::malloc(sizeof(Head) + size));
        if (head == nullptr) return nullptr;
        head->size = size;
        return head + 1;
    }
    void* Realloc(void* old, std::size_t old_size, std::size_t size) {
        void* const fresh = Malloc(size);
        if (fresh == nullptr && size != 0) return nullptr;
        if (old != nullptr && fresh != nullptr) std::memcpy(fresh, old, std::min(old_size, size));
        Free(old);
        return fresh;
    }
    static void Free(void* block) noexcept {
        if (block == nullptr) return;
        Head* const head = static_cast<Head*>(block) - 1;
        ::explicit_bzero(block, head->size);
        std::free(head);
    }

private:
    struct alignas(std::max_align_t) Head {
        std::size_t size;
    };
};

}  // namespace dockerext
