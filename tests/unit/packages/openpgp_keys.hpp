#pragma once

namespace dockerext::packages {

// Made with GnuPG for these tests; the private keys no longer exist.

inline constexpr const char* one_fingerprint = "E3C2FC4B80D464FD8B1251D83E6B8C1B46988F0D";

inline constexpr const char* one_key = R"(-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawXfKxYJKwYBBAHaRw8BAQdARQq7iUFAQi9sS+DQ0MhTNLVr0gJtH0HLuOAh
qB3FsGe0GlRlc3QgT25lIDxvbmVAZXhhbXBsZS5vcmc+iJAEExYIADgWIQTjwvxL
gNRk/YsSUdg+a4wbRpiPDQUCawXfKwIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIX
gAAKCRA+a4wbRpiPDdalAQDL4J1CREmeBYfD4Y14CFSnLxPr4q0PgJYHWJohZEjs
1wEAy2PwV+OXTNW+VrdYIONRLi0jZSr5DUu3l6BJfcDcTgg=
=Qwm6
-----END PGP PUBLIC KEY BLOCK-----
)";

/// The same key, followed by a second one.
inline constexpr const char* two_keys = R"(-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawXfKxYJKwYBBAHaRw8BAQdARQq7iUFAQi9sS+DQ0MhTNLVr0gJtH0HLuOAh
qB3FsGe0GlRlc3QgT25lIDxvbmVAZXhhbXBsZS5vcmc+iJAEExYIADgWIQTjwvxL
gNRk/YsSUdg+a4wbRpiPDQUCawXfKwIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIX
gAAKCRA+a4wbRpiPDdalAQDL4J1CREmeBYfD4Y14CFSnLxPr4q0PgJYHWJohZEjs
1wEAy2PwV+OXTNW+VrdYIONRLi0jZSr5DUu3l6BJfcDcTgiYMwRrBd8rFgkrBgEE
AdpHDwEBB0BCrhu+Fjvthq6yCcbyUuZWpc/eC3L58DwehZuDW1Dl+bQaVGVzdCBU
d28gPHR3b0BleGFtcGxlLm9yZz6IkAQTFggAOBYhBL9jkHqY2q5xHqSPhHAg0+Wv
wtBWBQJrBd8rAhsDBQsJCAcCBhUKCQgLAgQWAgMBAh4BAheAAAoJEHAg0+WvwtBW
gNQA/1Pb2EsAztJrDui2gg+Y9TgZlxcgLoJWxqQg5qGcnwWsAP9bIDhtv9HB24No
nuqPQ8PeIbHKtKTtglgZu4h5qhdeDA==
=5UDV
-----END PGP PUBLIC KEY BLOCK-----
)";

}  // namespace dockerext::packages
