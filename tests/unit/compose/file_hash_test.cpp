#include "base/json_document.hpp"
#include "base/sha256.hpp"
#include "files.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace dockerext::compose {
namespace {

/// The config hashes of the services, one per line, or "refused" when there are problems.
std::string file_hashes_of(const Loaded& loaded) {
    if (!loaded.project) return "refused";
    std::string lines;
    for (const auto& [name, service] : loaded.project->services) {
        const std::string& known = service.config_hash;
        lines += name.value + " " + (known.empty() ? sha256_hex(service.hash_document) : known) + "\n";
    }
    return lines;
}

std::string expected_hashes(const JsonCursor& row) {
    const auto hashes = row.find("hashes").value();
    if (!hashes) return "refused";
    std::map<std::string, std::string> sorted;
    for (const auto& [name, hash] : hashes->members().value()) sorted[name] = hash.string().value();
    std::string lines;
    for (const auto& [name, hash] : sorted) lines += name + " " + hash + "\n";
    return lines;
}

/// file_hashes.json holds models, the files in /project, and the results of Compose 2.40.3: the hashes with
/// which `docker compose create` labels containers, or the reason for a refusal.
TEST(FileHashes, MatchDockerCompose) {
    std::stringstream text;
    text << std::ifstream(FILE_HASHES).rdbuf();
    const auto document = JsonDocument::parse(text.str());
    ASSERT_TRUE(document) << document.error().message();
    const auto rows = document->root().items().value();
    EXPECT_GT(rows.size(), 60U);
    for (const JsonCursor& row : rows) {
        SCOPED_TRACE(row.at("name")->string().value());
        Files files;
        const auto beside = row.at("files").value();
        for (const auto& [path, content] : beside.members().value()) {
            files["/project/" + path] = content.string().value();
        }
        const Loaded loaded = load(input_with(row.at("yaml")->string().value(), files));
        EXPECT_EQ(file_hashes_of(loaded), expected_hashes(row)) << to_text(loaded.problems);
    }
}

}  // namespace
}  // namespace dockerext::compose
