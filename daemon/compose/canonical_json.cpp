#include "compose/canonical_json.hpp"

namespace dockerext::compose {
namespace {

constexpr std::string_view hex = "0123456789abcdef";

void append_unicode(std::string& out, unsigned char c) {
    out += "\\u00";
    out += hex[c >> 4];
    out += hex[c & 15];
}

void append_escaped(std::string& out, char c) {
    switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    case '<':
    case '>':
    case '&': return append_unicode(out, static_cast<unsigned char>(c));
    default:
        if (static_cast<unsigned char>(c) < 0x20) append_unicode(out, static_cast<unsigned char>(c));
        else out += c;
    }
}

}  // namespace

void CanonicalJson::separate() {
    constexpr std::string_view opens = "{[:";
    if (!out_.empty() && opens.find(out_.back()) == std::string_view::npos) out_ += ',';
}

void CanonicalJson::open(char bracket) {
    separate();
    out_ += bracket;
}

void CanonicalJson::key(std::string_view name) {
    string(name);
    out_ += ':';
}

void CanonicalJson::raw(std::string_view json) {
    separate();
    out_ += json;
}

void CanonicalJson::string(std::string_view text) {
    separate();
    out_ += '"';
    while (!text.empty()) {
        if (text.front() == '\xE2' && (text.starts_with("\u2028") || text.starts_with("\u2029"))) {
            out_ += text.starts_with("\u2028") ? "\\u2028" : "\\u2029";
            text.remove_prefix(3);
            continue;
        }
        append_escaped(out_, text.front());
        text.remove_prefix(1);
    }
    out_ += '"';
}

}  // namespace dockerext::compose
