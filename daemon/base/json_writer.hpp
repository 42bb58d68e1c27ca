#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace dockerext {

/// Writes compact JSON, member by member. Turns text into valid UTF-8 without NUL, so that every reader
/// accepts the output. The caller must end every object and array that it begins.
class JsonWriter {
public:
    JsonWriter();
    ~JsonWriter();

    void begin_object();
    void begin_array();
    void end_object();
    void end_array();
    void text(std::string_view value);
    void number(std::uint64_t value);

    // Members of the object that is open.
    void begin_object(std::string_view key);
    void begin_array(std::string_view key);
    void text(std::string_view key, std::string_view value);
    /// null for an empty text
    void text_or_null(std::string_view key, std::string_view value);
    void number(std::string_view key, std::int64_t value);
    void number(std::string_view key, std::uint64_t value);
    /// At most three decimals.
    void decimal(std::string_view key, double value);
    void boolean(std::string_view key, bool value);

    /// Returns the document; the writer must not be used afterwards.
    std::string take();

private:
    struct Output;
    std::unique_ptr<Output> output_;
};

}  // namespace dockerext
