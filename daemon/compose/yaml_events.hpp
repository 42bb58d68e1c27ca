#pragma once

#include "base/error.hpp"
#include "compose/node.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace dockerext::compose {

struct YamlEvent {
    enum class Kind {
        stream_start,
        stream_end,
        document_start,
        document_end,
        alias,
        scalar,
        list_start,
        list_end,
        map_start,
        map_end
    };
    Kind kind = Kind::stream_end;
    std::string text;    ///< of a scalar
    std::string anchor;  ///< of the anchor, or of the anchor that an alias refers to; "" for none
    std::string tag;     ///< "tag:yaml.org,2002:int" for !!int, "!x" for !x, "" for none
    bool plain = false;  ///< a scalar without quotes, and not a block
    SourceLocation place;
};

/// "line 3, column 5: " and the error text.
Error yaml_error(SourceLocation place, std::string_view complaint);

/// Reads a YAML text event by event. This is the only user of libyaml, of which the parser in Docker Compose
/// is a port.
class YamlEvents {
public:
    /// `text` must outlive this.
    explicit YamlEvents(std::string_view text);
    YamlEvents(const YamlEvents&) = delete;
    YamlEvents& operator=(const YamlEvents&) = delete;
    ~YamlEvents();

    /// The next event. Fails with `invalid_input` and line and column when the text is not YAML. Do not call
    /// it after the end of the stream.
    Result<YamlEvent> next();

private:
    struct Parser;
    std::string_view text_;
    std::unique_ptr<Parser> parser_;
};

}  // namespace dockerext::compose
