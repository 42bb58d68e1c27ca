#include "compose/yaml_events.hpp"

#include <yaml.h>

#include <algorithm>
#include <new>

namespace dockerext::compose {
namespace {

using Kind = YamlEvent::Kind;

/// An event of the library; its destructor frees all of it.
struct RawEvent {
    RawEvent() = default;
    RawEvent(const RawEvent&) = delete;
    RawEvent& operator=(const RawEvent&) = delete;
    ~RawEvent() { yaml_event_delete(&event); }
    yaml_event_t event{};
};

std::string text_of(const yaml_char_t* text) {
    return text == nullptr ? std::string() : reinterpret_cast<const char*>(text);
}

SourceLocation place_of(const yaml_mark_t& mark) {
    return {static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1)};
}

/// Computes a place in text that the parser could not decode, for which it has no line and column.
SourceLocation place_of(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    const std::size_t line = before.rfind('\n') + 1;  // npos + 1 is the beginning
    return {static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n') + 1),
            static_cast<std::uint32_t>(offset - line + 1)};
}

Error error_of(const yaml_parser_t& parser, std::string_view text) {
    if (parser.error == YAML_MEMORY_ERROR) throw std::bad_alloc();
    const std::string problem = parser.problem == nullptr ? "invalid YAML" : parser.problem;
    if (parser.error == YAML_READER_ERROR) {
        return yaml_error(place_of(text, std::min(parser.problem_offset, text.size())), problem);
    }
    std::string context;
    if (parser.context != nullptr) {
        context = " (" + std::string(parser.context) + " that begins at line " +
                  std::to_string(parser.context_mark.line + 1) + ")";
    }
    return yaml_error(place_of(parser.problem_mark), problem + context);
}

void fill(YamlEvent& into, const yaml_event_t& raw) {
    switch (raw.type) {
    case YAML_ALIAS_EVENT:
        into.kind = Kind::alias;
        into.anchor = text_of(raw.data.alias.anchor);
        return;
    case YAML_SCALAR_EVENT: {
        const auto& scalar = raw.data.scalar;
        into.kind = Kind::scalar;
        into.text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
        into.anchor = text_of(scalar.anchor);
        into.tag = text_of(scalar.tag);
        into.plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
        return;
    }
    case YAML_SEQUENCE_START_EVENT:
        into.kind = Kind::list_start;
        into.anchor = text_of(raw.data.sequence_start.anchor);
        into.tag = text_of(raw.data.sequence_start.tag);
        return;
    case YAML_MAPPING_START_EVENT:
        into.kind = Kind::map_start;
        into.anchor = text_of(raw.data.mapping_start.anchor);
        into.tag = text_of(raw.data.mapping_start.tag);
        return;
    case YAML_SEQUENCE_END_EVENT: into.kind = Kind::list_end; return;
    case YAML_MAPPING_END_EVENT: into.kind = Kind::map_end; return;
    case YAML_STREAM_START_EVENT: into.kind = Kind::stream_start; return;
    case YAML_DOCUMENT_START_EVENT: into.kind = Kind::document_start; return;
    case YAML_DOCUMENT_END_EVENT: into.kind = Kind::document_end; return;
    case YAML_STREAM_END_EVENT:
    case YAML_NO_EVENT: into.kind = Kind::stream_end; return;
    }
}

/// Compose's parser accepts only the directive for YAML 1.1, though it reads much of 1.2.
bool has_other_version(const yaml_event_t& raw) {
    if (raw.type != YAML_DOCUMENT_START_EVENT) return false;
    const yaml_version_directive_t* version = raw.data.document_start.version_directive;
    return version != nullptr && (version->major != 1 || version->minor != 1);
}

}  // namespace

struct YamlEvents::Parser {
    yaml_parser_t raw{};
};

Error yaml_error(SourceLocation place, std::string_view complaint) {
    return {ErrorKind::invalid_input, "line " + std::to_string(place.line) + ", column " +
                                          std::to_string(place.column) + ": " + std::string(complaint)};
}

YamlEvents::YamlEvents(std::string_view text) : text_(text), parser_(std::make_unique<Parser>()) {
    if (yaml_parser_initialize(&parser_->raw) == 0) throw std::bad_alloc();
    yaml_parser_set_input_string(&parser_->raw, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
}

YamlEvents::~YamlEvents() { yaml_parser_delete(&parser_->raw); }

Result<YamlEvent> YamlEvents::next() {
    RawEvent raw;
    if (yaml_parser_parse(&parser_->raw, &raw.event) == 0) return error_of(parser_->raw, text_);
    YamlEvent event;
    event.place = place_of(raw.event.start_mark);
    if (has_other_version(raw.event)) {
        return yaml_error(event.place, "Compose supports only %YAML 1.1; remove the directive");
    }
    fill(event, raw.event);
    return event;
}

}  // namespace dockerext::compose
