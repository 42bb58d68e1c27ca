#include "bundle/bundle.hpp"

#include "base/clock.hpp"
#include "base/iso_time.hpp"
#include "base/json_writer.hpp"
#include "base/log.hpp"
#include "base/spawn.hpp"
#include "base/task_group.hpp"
#include "bundle/archive.hpp"
#include "bundle/collect.hpp"
#include "bundle/hidden.hpp"
#include "intake/parse_envelope.hpp"
#include "state/report_target.hpp"
#include "state/settings_store.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <iterator>

namespace dockerext::bundle {
namespace {

using model::BundlePart;

/// The project's name; "" if the settings have none.
std::string project_of(const state::Paths& paths) {
    const state::SettingsStore store(paths.state);
    const auto loaded = store.load();
    if (!loaded.envelope) return "";
    const auto parsed = intake::parse_envelope(*loaded.envelope, paths.project, store.file(), {});
    return parsed.accepted ? parsed.accepted->desired.project.name.value : "";
}

/// "PUBLISHER.TYPE" of /var/lib/waagent/PUBLISHER.TYPE-1.2.0/status.
std::string handler_of(const state::Paths& paths) {
    const auto target = state::ReportTargetStore(paths.state).load();
    const std::string folder = target ? target->folder.parent_path().filename().native() : "";
    return folder.substr(0, folder.rfind('-'));
}

Task<Parts> collect_all(const Sources& sources) {
    std::optional<Parts> engine, systemd, files;
    TaskGroup group(co_await asio::this_coro::executor);
    group.spawn(store_result(collect_engine(sources), engine));
    group.spawn(store_result(collect_systemd(sources), systemd));
    group.spawn(store_result(collect_files(sources), files));
    co_await group.join();
    Parts all;
    for (auto* parts : {&engine, &systemd, &files})
        std::move((*parts)->begin(), (*parts)->end(), std::back_inserter(all));
    co_return all;
}

/// Hides secrets, and leaves out what would be too much.
Parts finished(Parts parts, const Redactor& redact) {
    std::size_t left = bundle_size;
    for (BundlePart& part : parts) {
        part.name = redact(part.name);
        if (!part.text) {
            part.text =
                Error(part.text.error().kind(), without_passwords(redact(part.text.error().message())));
            continue;
        }
        if (part.text->size() > 2 * part_size) {
            part.text =
                Error(ErrorKind::invalid_input, "too large: " + std::to_string(part.text->size()) + " bytes");
            continue;
        }
        // Before it is redacted, which takes time and memory, and after, when it may be longer.
        if (part.text->size() <= left) part.text = without_passwords(redact(*part.text));
        if (part.text->size() > left) part.text = Error(ErrorKind::invalid_input, "the bundle is full");
        else left -= part.text->size();
    }
    return parts;
}

std::string manifest_of(const Parts& parts, WallTime now) {
    JsonWriter json;
    json.begin_object();
    json.number("version", std::uint64_t{1});
    json.text("created", iso_time(now));
    json.begin_array("parts");
    for (const BundlePart& part : parts) {
        json.begin_object();
        json.text("name", part.name);
        if (part.text) json.number("bytes", std::uint64_t{part.text->size()});
        else json.text("missing", part.text.error().message());
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return json.take() + "\n";
}

}  // namespace

Result<model::BundleReport> write_bundle(const model::BundleRequest& request) {
    log::set_level(log::Level::error);  // what does not answer is in the manifest
    Sources sources{.root = request.root, .docker_host = request.docker_host};
    const auto redact = secrets_of_machine(sources.root, sources.paths);
    if (!redact) return redact.error();
    sources.project = project_of(sources.paths);
    sources.handler = handler_of(sources.paths);
    sources.margin = redact->max_match_size();
    asio::io_context io(1);
    Parts parts = run_alone(io, collect_all(sources));
    parts.insert(parts.begin(), request.parts.begin(), request.parts.end());
    parts = finished(std::move(parts), *redact);

    const WallTime now = wall_now();
    model::BundleReport report;
    Files files{{"manifest.json", manifest_of(parts, now)}};
    for (BundlePart& part : parts) {
        if (part.text) files.emplace_back(part.name, std::move(*part.text));
        else report.missing.push_back(part.name + ": " + part.text.error().message());
    }
    report.parts = files.size();
    const auto size = write_archive(request.file, files, now);
    if (!size) return size.error();
    report.bytes = *size;
    return report;
}

}  // namespace dockerext::bundle
