#include "state/envelope_json.hpp"

#include "base/json_document.hpp"
#include "base/json_reader.hpp"

#include <rapidjson/writer.h>

#include <string>

namespace dockerext::state {
namespace {

constexpr std::int64_t version = 1;

Error refused(std::string reason) { return {ErrorKind::invalid_input, std::move(reason)}; }

/// The output stream for rapidjson.
struct Output {
    using Ch = char;
    void Put(char c) { text.push_back(c); }
    void Flush() {}
    WipedString text;
};

using Writer = rapidjson::Writer<Output, rapidjson::UTF8<>, rapidjson::UTF8<>, rapidjson::CrtAllocator,
                                 rapidjson::kWriteValidateEncodingFlag>;

bool write(Writer& writer, std::string_view text) {
    return text.find('\0') == std::string_view::npos &&
           writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void write(Writer& writer, const model::Handler& handler) {
    writer.Key("handler");
    writer.StartObject();
    writer.Key("status");
    writer.String(handler.status_folder);
    writer.Key("keys");
    writer.String(handler.keys_folder);
    writer.Key("version");
    writer.String(handler.version);
    writer.EndObject();
}

std::optional<model::Handler> read_handler(const JsonCursor& object, Problems& problems) {
    ObjectReader reader(object, problems);
    model::Handler handler{reader.string("status").value_or(""), reader.string("keys").value_or(""),
                           reader.string("version").value_or("")};
    reader.finish("the handler");
    if (handler.status_folder.starts_with('/') && handler.keys_folder.starts_with('/')) return handler;
    problems.add(object.pointer(), "status or keys is not an absolute path");
    return std::nullopt;
}

Result<> check_handler(const model::Envelope& envelope) {
    const bool from_azure = envelope.source == model::SettingsSource::azure;
    if (!from_azure && (envelope.handler || envelope.wrapped))
        return refused("/handler: not allowed for an operator");
    if (from_azure && !envelope.handler) return refused("/handler: missing");
    return {};
}

}  // namespace

Result<Secret> to_json(const model::Envelope& envelope) {
    const std::string_view secret = envelope.protected_settings.reveal();
    if (envelope.public_settings.size() + secret.size() > envelope_limit)
        return refused("the settings are too large");
    Output output;
    Writer writer(output);
    writer.StartObject();
    writer.Key("version");
    writer.Int64(version);
    writer.Key("source");
    write(writer, to_string(envelope.source));
    writer.Key("sequence");
    writer.Int64(envelope.sequence);
    writer.Key("settings");
    const bool plain = write(writer, envelope.public_settings);
    writer.Key("protected");
    const bool whole = plain && write(writer, secret);
    if (whole) {  // otherwise the writer is still waiting for a value
        if (envelope.handler) write(writer, *envelope.handler);
        if (envelope.wrapped) {
            writer.Key("wrapped");
            writer.Bool(true);
        }
        writer.EndObject();
    }
    Secret json(output.text);
    if (!whole) return refused(std::string(plain ? "the protected" : "the") + " settings are not UTF-8 text");
    if (json.reveal().size() > envelope_limit) return refused("the settings are too large");
    return json;
}

Result<model::Envelope> envelope_from(std::string_view json) {
    auto document = JsonDocument::parse(json, JsonDialect::strict, {.bytes = envelope_limit, .depth = 3});
    if (!document) return document.error();
    Problems problems;
    ObjectReader reader(document->root(), problems);
    const auto found = reader.integer("version");
    if (found && *found != version) {
        return Error(*found > version ? ErrorKind::conflict : ErrorKind::invalid_input,
                     "version " + std::to_string(*found) + " of the envelope, this program reads " +
                         std::to_string(version));
    }
    const auto source = reader.string("source");
    const auto sequence = reader.integer("sequence");
    auto settings = reader.string("settings");
    auto secret = reader.secret("protected");
    std::optional<model::Handler> handler;
    if (const auto member = reader.take("handler")) handler = read_handler(*member, problems);
    const bool wrapped = reader.boolean("wrapped").value_or(false);
    reader.finish("the envelope");
    if (!problems.empty()) return problems.all().front();
    if (!found || !source || !sequence || !settings)
        return refused("version, source, sequence or settings is missing");
    if (*sequence < 0) return refused("/sequence: expected 0 or more");
    const auto known_source = from_string<model::SettingsSource>(*source);
    if (!known_source) return refused("/source: expected operator or azure, found '" + *source + "'");
    model::Envelope envelope{*known_source,        *sequence,
                             std::move(*settings), std::move(secret).value_or(Secret()),
                             std::move(handler),   wrapped};
    if (auto checked = check_handler(envelope); !checked) return checked.error();
    return envelope;
}

}  // namespace dockerext::state
