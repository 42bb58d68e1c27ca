#pragma once

#include "base/json_cursor.hpp"

#include <cstddef>
#include <memory>
#include <string_view>

namespace dockerext {

/// `commented` also takes // and /* */ comments and trailing commas: files that people write.
enum class JsonDialect { strict, commented };

struct JsonLimits {
    std::size_t bytes = std::size_t{1} << 20;
    unsigned depth = 64;
};

/// A parsed JSON document; it must outlive its cursors. These are refused with `invalid_input` and line and
/// column: input beyond the limits, duplicate keys, invalid UTF-8, NUL bytes (also as \u0000), and keys so
/// long that the pointers to their content would be much larger than the document. Parsing is iterative, so
/// that no depth can exhaust the stack.
class JsonDocument {
public:
    static Result<JsonDocument> parse(std::string_view text, JsonDialect dialect = JsonDialect::strict,
                                      JsonLimits limits = {});

    JsonDocument(JsonDocument&&) noexcept;
    JsonDocument& operator=(JsonDocument&&) noexcept;
    ~JsonDocument();

    /// The whole document; `pointer` is put before every pointer of its cursors.
    JsonCursor root(std::string pointer = {}) const;

private:
    struct Tree;
    explicit JsonDocument(std::unique_ptr<Tree> tree);

    std::unique_ptr<Tree> tree_;
};

}  // namespace dockerext
