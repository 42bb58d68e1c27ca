#pragma once

namespace dockerext {

/// The deleter of a library's object that a function of the library releases:
/// `std::unique_ptr<BIO, Release<BIO_free_all>>`.
template <auto release>
struct Release {
    template <typename T>
    void operator()(T* object) const {
        release(object);
    }
};

}  // namespace dockerext
