// Fuzzes how the daemon reads its own files. An input is the name of a file, a line end, and the file's
// content. The content is read twice: unchanged, and with a valid checksum, which lets the reader get beyond
// the check.
#include "base/json_document.hpp"
#include "base/log.hpp"
#include "base/utf8.hpp"
#include "promise.hpp"
#include "report/azure_status.hpp"
#include "report/history_json.hpp"
#include "state/daemon_state.hpp"
#include "state/envelope_json.hpp"
#include "state/host_record.hpp"
#include "state/journal.hpp"
#include "state/report_target.hpp"
#include "state/sealed.hpp"
#include "state/settings_store.hpp"
#include "state/swarm_record.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <functional>
#include <map>

namespace dockerext::state {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr model::WallTime noon{1'700'000'000s};

void check_message(std::string_view text) {
    promise(!text.empty(), "a failure says what it is");
    promise(valid_utf8(text) == text, "what is told is UTF-8", text);
}

/// What was read can be saved, and reading it again gives the same value. The first save may round.
template <typename Store, typename Value, typename Load, typename Same = std::equal_to<>>
void check_kept(Store& store, Value value, Load load, Same same = {}) {
    for (int round = 0; round < 2; ++round) {
        const auto saved = store.save(value);
        promise(saved.has_value(), "what was read can be kept");
        const auto again = load();
        promise(again.has_value(), "what was kept can be read");
        promise(round == 0 || same(*again, value), "what was kept is read as it was");
        value = *again;
    }
}

void check_memory(const fs::path& folder) {
    DaemonStateStore store(folder);
    const DaemonState memory = store.load();
    for (const auto& [id, ended_run] : memory.ended_run) (void)report::iso_time(ended_run.run);
    for (const auto& time : {memory.last_look_at, memory.paused_until})
        promise(!time || *time - noon == -(noon - *time), "times can be reckoned with");
    check_kept(store, memory, [&] { return std::optional(store.load()); });
}

void check_host(const fs::path& folder) {
    HostRecordStore store(folder / "host.json");
    const auto memory = store.load();
    if (!memory) return check_message(memory.error().message());
    check_kept(store, *memory, [&] { return store.load(); });
}

void check_swarm(const fs::path& folder) {
    SwarmRecordStore store(folder / "swarm.json");
    const auto record = store.load();
    if (!record) return check_message(record.error().message());
    check_kept(store, *record, [&] { return store.load(); });
}

void check_settings(const fs::path& folder) {
    SettingsStore store(folder);
    const SettingsStore::Loaded loaded = store.load();
    promise(loaded.envelope || loaded.damaged, "settings that are there are taken or called damaged");
    if (!loaded.envelope) return check_message(loaded.warning);
    const auto same = [](const model::Envelope& a, const model::Envelope& b) {
        return to_json(a).value() == to_json(b).value();
    };
    check_kept(
        store, *loaded.envelope, [&] { return store.load().envelope; }, same);
}

void check_rejection(const fs::path& folder) {
    SettingsStore store(folder);
    const auto rejection = store.rejection();
    if (!rejection) return;
    promise(store.save_rejection(*rejection).has_value(), "a rejection can be noted");
    promise(store.rejection() == rejection, "a rejection is read as it was noted");
}

void check_report(const fs::path& folder) {
    ReportTargetStore store(folder);
    const auto target = store.load();
    if (!target) return;
    if (target->unfinished) {
        const model::SteadyTime now{1h};
        (void)report::unfinished(report::issues_of(*target->unfinished, now, noon), now, noon, {});
    }
    check_kept(store, *target, [&] { return store.load(); });
}

void check_history(const Journal& journal) {
    const std::string history = report::to_json(HistoryPage{.entries = journal.recent()});
    promise(JsonDocument::parse(history, JsonDialect::strict, {.bytes = std::size_t{64} << 20}).has_value(),
            "the history is JSON", history);
}

const JournalEntry* find(const std::vector<JournalEntry>& entries, std::uint64_t id) {
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.id == id; });
    return found == entries.end() ? nullptr : &*found;
}

void check_journal(const fs::path& folder) {
    auto journal = Journal::open(folder);
    promise(journal.has_value(), "a journal can be begun on any file");
    check_history(*journal);
    const auto id = journal->begin({.time = noon, .verb = "start", .object = "web"});
    promise(id && journal->end(*id, JournalEntry::Status::done, "", 5ms), "the journal goes on");
    const auto again = Journal::open(folder);
    promise(again.has_value(), "what was written can be read");
    check_history(*again);
    const std::vector<JournalEntry> entries = again->recent();
    const JournalEntry* const entry = find(entries, *id);
    promise(entry != nullptr && entry->object == "web" && entry->status == JournalEntry::Status::done,
            "an entry is read as it was written");
    promise(again->interrupted().empty(), "what was interrupted is told once");
}

struct StateFile {
    const char* file;
    void (*check)(const fs::path& folder);
};
const std::map<std::string_view, StateFile> state_files{{"memory", {"memory.json", check_memory}},
                                                        {"host", {"host.json", check_host}},
                                                        {"settings", {"settings.json", check_settings}},
                                                        {"rejection", {"settings.rejected", check_rejection}},
                                                        {"report", {"report-target.json", check_report}},
                                                        {"journal", {"journal", check_journal}},
                                                        {"swarm", {"swarm.json", check_swarm}}};

/// Each line of a journal has its own checksum.
std::string sealed(std::string_view content) {
    std::string text;
    for (;;) {
        const std::size_t end = std::min(content.find('\n'), content.size());
        text += seal(content.substr(0, end));
        if (end == content.size()) return text;
        text += '\n';
        content.remove_prefix(end + 1);
    }
}

const fs::path& own_folder() {
    static const test::TemporaryFolder folder;
    return folder.path();
}

void check(const StateFile& kind, std::string_view content) {
    const fs::path& folder = own_folder();
    for (const auto& entry : fs::directory_iterator(folder)) fs::remove_all(entry);
    test::write_file(folder / kind.file, content);
    kind.check(folder);
}

}  // namespace
}  // namespace dockerext::state

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    dockerext::log::set_level(dockerext::log::Level::error);
    ::setenv("TMPDIR", "/dev/shm", 1);  // in memory, because a run writes thousands of files a second
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dockerext::state;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(input.find('\n'), size);
    const auto kind = state_files.find(input.substr(0, end));
    if (kind == state_files.end()) return -1;
    const std::string_view content = input.substr(std::min(end + 1, size));
    check(kind->second, content);
    check(kind->second, kind->first == "journal" ? sealed(content) : seal(content));
    return 0;
}
