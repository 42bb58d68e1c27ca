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
    std::string anchor;  ///< given, or of an alias meant; "" for none
    std::string tag;     ///< "tag:yaml.org,2002:int" for !!int, "!x" for !x, "" for none
    bool plain = false;  ///< a scalar without quotes, and not a block
    SourceLocation place;
};

/// "line 3, column 5: " and the complaint.
Error yaml_error(SourceLocation place, std::string_view complaint);

/// A YAML text, event by event. This is all that knows libyaml, of which the parser that Docker Compose uses
/// is a port.
class YamlEvents {
public:
    /// `text` must outlive this.
    explicit YamlEvents(std::string_view text);
    YamlEvents(const YamlEvents&) = delete;
    YamlEvents& operator=(const YamlEvents&) = delete;
    ~YamlEvents();

    /// `invalid_input` with line and column where the text is no YAML. Nothing follows a stream's end.
    Result<YamlEvent> next();

private:
    struct Parser;
    std::string_view text_;
    std::unique_ptr<Parser> parser_;
};

}  // namespace dockerext::compose
