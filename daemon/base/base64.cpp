#include "base/base64.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace dockerext {

std::string base64(std::string_view bytes, Base64 alphabet) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // and the NUL that OpenSSL writes
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    if (alphabet == Base64::url) {
        std::replace(text.begin(), text.end(), '+', '-');
        std::replace(text.begin(), text.end(), '/', '_');
    }
    return text;
}

}  // namespace dockerext
