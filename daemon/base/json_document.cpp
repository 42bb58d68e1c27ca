#include "base/json_document.hpp"

#include "base/utf8.hpp"
#include "base/wiping_allocator.hpp"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dockerext {
namespace {

/// Numbers arrive as text: RapidJSON's own reader parses 0e63 to a value that is not even the same each time.
constexpr unsigned strict_flags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
constexpr unsigned commented_flags =
    strict_flags | rapidjson::kParseCommentsFlag | rapidjson::kParseTrailingCommasFlag;

template <typename Number>
std::optional<Number> whole_number(const std::string& text) {
    Number number = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(number) : std::nullopt;
}

/// Sits between the reader and the tree; refuses what the reader would accept.
template <typename Tree>
class Guard {
public:
    Guard(Tree& tree, JsonLimits limits, std::string& message)
        : tree_(tree),
          depth_(limits.depth),
          pointer_bytes_limit_(limits.bytes * pointer_bytes),
          message_(message) {}

    bool Null() { return count_pointer() && tree_.Null(); }
    bool Bool(bool value) { return count_pointer() && tree_.Bool(value); }
    bool Int(int value) { return count_pointer() && tree_.Int(value); }
    bool Uint(unsigned value) { return count_pointer() && tree_.Uint(value); }
    bool Int64(std::int64_t value) { return count_pointer() && tree_.Int64(value); }
    bool Uint64(std::uint64_t value) { return count_pointer() && tree_.Uint64(value); }
    bool Double(double value) { return count_pointer() && tree_.Double(value); }
    bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
        const std::string number(text, size);
        if (const auto whole = whole_number<std::int64_t>(number)) return Int64(*whole);
        if (const auto whole = whole_number<std::uint64_t>(number)) return Uint64(*whole);
        const double value = std::strtod(number.c_str(), nullptr);
        return std::isfinite(value) ? Double(value) : reject("the number " + number + " is too large");
    }
    bool String(const char* text, rapidjson::SizeType size, bool copy) {
        return count_pointer() && is_text({text, size}) && tree_.String(text, size, copy);
    }
    bool Key(const char* text, rapidjson::SizeType size, bool copy) {
        const std::string_view key(text, size);
        if (!is_text(key)) return false;
        if (!open_.back().keys.emplace(key).second) return reject("duplicate key '" + std::string(key) + "'");
        open_.back().member = size;
        return tree_.Key(text, size, copy);
    }
    bool StartObject() { return enter() && tree_.StartObject(); }
    bool EndObject(rapidjson::SizeType count) { return leave(), tree_.EndObject(count); }
    bool StartArray() { return enter() && tree_.StartArray(); }
    bool EndArray(rapidjson::SizeType count) { return leave(), tree_.EndArray(count); }

private:
    /// An object or array that has not ended yet.
    struct Open {
        std::set<std::string, std::less<>> keys;
        std::size_t pointer = 0;  ///< bytes of its own pointer
        std::size_t member = 1;   ///< bytes of the current key; an index has at least one
    };
    static constexpr std::size_t pointer_bytes = 64;  ///< per byte that a document may have

    bool reject(std::string message) {
        message_ = std::move(message);
        return false;
    }
    /// The reader's own check of the encoding takes longer than all the rest of its work.
    bool is_text(std::string_view text) {
        if (text.find('\0') != std::string_view::npos) return reject("a NUL character is not allowed");
        return is_utf8(text) || reject("a text is not valid UTF-8");
    }
    std::size_t pointer_of_next() const {
        return open_.empty() ? 0 : open_.back().pointer + 1 + open_.back().member;
    }
    /// Every value has a pointer, which repeats the keys above it.
    bool count_pointer() {
        pointer_bytes_used_ += pointer_of_next();
        return pointer_bytes_used_ <= pointer_bytes_limit_ || reject("the keys make the document too large");
    }
    bool enter() {
        if (open_.size() >= depth_) return reject("nested deeper than " + std::to_string(depth_) + " levels");
        if (!count_pointer()) return false;
        const std::size_t pointer = pointer_of_next();
        open_.emplace_back().pointer = pointer;
        return true;
    }
    void leave() { open_.pop_back(); }

    Tree& tree_;
    unsigned depth_;
    std::size_t pointer_bytes_limit_;
    std::size_t pointer_bytes_used_ = 0;
    std::string& message_;
    std::vector<Open> open_;
};

std::string line_and_column(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t start = before.rfind('\n');
    const std::size_t column = before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1;
    return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

Error parse_error(std::string_view text, std::size_t offset, std::string_view message) {
    return {ErrorKind::invalid_input, line_and_column(text, offset) + ": " + std::string(message)};
}

// The input may be secret: the stacks are wiped when they are freed, and the texts of the tree by `wipe`.
using Document =
    rapidjson::GenericDocument<rapidjson::UTF8<>, rapidjson::MemoryPoolAllocator<>, WipingJsonAllocator>;
using Reader = rapidjson::GenericReader<rapidjson::UTF8<>, rapidjson::UTF8<>, WipingJsonAllocator>;

void wipe(const rapidjson::Value& root) {
    std::vector<const rapidjson::Value*> left{&root};
    while (!left.empty()) {
        const rapidjson::Value& value = *left.back();
        left.pop_back();
        if (value.IsString()) ::explicit_bzero(const_cast<char*>(value.GetString()), value.GetStringLength());
        if (value.IsArray())
            for (const auto& item : value.GetArray()) left.push_back(&item);
        if (value.IsObject())
            for (const auto& member : value.GetObject()) left.push_back(&member.value);
    }
}

}  // namespace

struct JsonDocument::Tree {
    Tree() = default;
    Tree(Tree&&) = delete;
    ~Tree() { wipe(document); }

    Document document;
};

JsonDocument::JsonDocument(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

Result<JsonDocument> JsonDocument::parse(std::string_view text, JsonDialect dialect, JsonLimits limits) {
    if (text.size() > limits.bytes) {
        return Error(ErrorKind::invalid_input, "the document has " + std::to_string(text.size()) +
                                                   " bytes, more than the " + std::to_string(limits.bytes) +
                                                   " allowed");
    }
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a byte order mark, as some editors write
    if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
        return parse_error(text, nul, "a NUL byte is not allowed");
    }
    auto tree = std::make_unique<Tree>();
    std::string message;
    rapidjson::ParseResult parsed;
    rapidjson::MemoryStream stream(text.data(), text.size());
    auto generate = [&](Document& document) {
        Guard<Document> guard(document, limits, message);
        Reader reader;
        parsed = dialect == JsonDialect::commented ? reader.Parse<commented_flags>(stream, guard)
                                                   : reader.Parse<strict_flags>(stream, guard);
        return !parsed.IsError();
    };
    tree->document.Populate(generate);
    if (parsed.IsError()) {
        return parse_error(text, parsed.Offset(),
                           message.empty() ? rapidjson::GetParseError_En(parsed.Code()) : message.c_str());
    }
    return JsonDocument(std::move(tree));
}

JsonCursor JsonDocument::root(std::string pointer) const {
    return JsonCursor(tree_->document, std::move(pointer));
}

}  // namespace dockerext
