#include "page/page.hpp"

#include "support/noon.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace dockerext::page {
namespace {

using namespace model;
using namespace std::chrono_literals;
using test::noon;
using testing::HasSubstr;
using testing::Not;

/// Facts in which `word` stands everywhere where a text can come from outside.
PageFacts facts_with(const std::string& word) {
    PageFacts facts;
    facts.host = facts.version = facts.headline = word;
    facts.since = noon - 24h;
    facts.now = noon;
    Status status;
    status.state = OverallState::degraded;
    status.settings = {1, SettingsSource::azure, SettingsState::rejected, {{word, word}}};
    status.engine = {EngineState::unreachable, word, word, word, noon - 1h};
    status.parts = {{word, PartState::failed, word}};
    ServiceStatus service;
    service.name = {word};
    service.state = ServiceState::failed;
    service.reason = word;
    service.drift = {{word, word, word}};
    service.evidence = {{word, {word, word}}};
    service.containers = {{{word}, {word}, {}, {}, {word}, word}};
    status.services = {service};
    status.held = {{{Subject::Kind::image, word}, {}, Held::Why::policy, word, {}}};
    facts.status = status;
    ServiceOutline outline{{word}, {word}, {}, word, word, word, word};
    ServiceOutline other{{word + "2"}, {word}, {{{word}, DependencyCondition::healthy}}, "", "", "", ""};
    facts.services = {outline, other};
    state::JournalEntry entry;
    entry.time = noon - 1h;
    entry.verb = entry.object = entry.service = entry.reason = entry.error = word;
    entry.changes = {{word, word, word}};
    facts.history = state::HistoryPage{{entry}, true};
    facts.plan = PlanListing{{{1, {0}, word, word, {}, word, word, word, {{word, word, word}}}}, status.held};
    facts.findings = {{word, Category::dns, FindingState::error, word, word, word}};
    facts.missing = {word};
    return facts;
}

std::size_t count(const std::string& text, const std::string& what) {
    std::size_t found = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
    return found;
}

TEST(Page, HostileTextStaysText) {
    const std::string harmless = page(facts_with("harmless"));
    const std::size_t places = count(harmless, "harmless");
    EXPECT_GT(places, 60U);
    for (const std::string hostile :
         {"<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onload='alert(1)", "</style><b>",
          "</title><b>", "--><!--", "<![CDATA[", "\x1b[31m<i>", "</svg></table></main>", "&lt;i&gt;\"",
          "javascript:alert(1)//<"}) {
        const std::string text = page(facts_with(hostile));
        EXPECT_THAT(text, Not(HasSubstr(hostile))) << hostile;
        // Markup is the same, whatever the texts are.
        for (const char* mark : {"<", ">", "\"", "'"})
            EXPECT_EQ(count(text, mark), count(harmless, mark)) << hostile;
        EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    }
}

TEST(Page, ShowsEverything) {
    PageFacts facts = facts_with("web");
    facts.headline = "degraded: web failed";
    facts.status->services.front().evidence = {{"last output of demo-web-1", {"panic: no config"}}};
    facts.history->entries.front().verb = "start";
    facts.history->entries.front().status = state::JournalEntry::Status::failed;
    facts.history->entries.front().changes = {{"memory", "64m", "128m"}};
    const std::string text = page(facts);
    for (const char* piece :
         {"<p class=\"headline bad\">degraded: web failed</p>",
          "<pre tabindex=\"0\" aria-label=\"last output of demo-web-1\">panic: no config</pre>",
          "<span class=\"field\">memory</span> 64m → 128m",
          "2024-01-30 12:00:00 to 2024-01-31 12:00:00, all times in UTC", "aria-label=\"web: failed once; ",
          "web2 waits for web to be healthy", "<td data-label=\"Memory\">no limit</td>", "dns.web",
          "Older actions of this period are not shown.",
          "content=\"default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; img-src data:;"})
        EXPECT_THAT(text, HasSubstr(piece));
    for (const char* forbidden : {"<script", "http://", "https://", "@import", "url(h", " onclick"})
        EXPECT_THAT(text, Not(HasSubstr(forbidden)));
}

TEST(Page, ShowsARepeatedActionOnce) {
    PageFacts facts = facts_with("web");
    facts.history->entries.resize(41, facts.history->entries.front());
    facts.history->entries.back().time = noon - 1min;
    EXPECT_THAT(page(facts),
                HasSubstr("2024-01-31 11:59:00<p class=\"line\">41 times since 2024-01-31 11:00:00</p>"));
}

TEST(Page, SaysWhatIsMissing) {
    PageFacts facts = facts_with("web");
    facts.status.reset();
    facts.services.reset();
    facts.history.reset();
    facts.plan.reset();
    facts.missing = {"Without the daemon's part: refused"};
    const std::string text = page(facts);
    EXPECT_THAT(text, HasSubstr("<p class=\"notice\">Without the daemon&#39;s part: refused</p>"));
    EXPECT_EQ(count(text, "Not known, because the daemon did not tell."), 5U);
    EXPECT_THAT(text, HasSubstr("dns.web"));
}

}  // namespace
}  // namespace dockerext::page
