#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dockerext::compose {

/// Writes JSON as Go's encoder does, byte for byte, because the config-hash depends on it.
class CanonicalJson {
public:
    void open_object() { open('{'); }
    void close_object() { out_ += '}'; }
    void open_array() { open('['); }
    void close_array() { out_ += ']'; }
    void key(std::string_view name);
    void string(std::string_view text);
    void number(std::int64_t value) { raw(std::to_string(value)); }
    void boolean(bool value) { raw(value ? "true" : "false"); }
    void null() { raw("null"); }
    void raw(std::string_view json);

    const std::string& text() const { return out_; }

private:
    void open(char bracket);
    void separate();

    std::string out_;
};

}  // namespace dockerext::compose
