#include "page/page.hpp"

#include "page/html_writer.hpp"
#include "page/page_texts.hpp"
#include "page/sections.hpp"
#include "page/stylesheet.hpp"
#include "page/timeline_drawing.hpp"

namespace dockerext::page {
namespace {

struct Section {
    Literal id, title;
    void (*write)(HtmlWriter&, const PageFacts&);
    bool (*is_known)(const PageFacts&);
};

/// In the order of the page.
const Section sections[]{
    {"state", "State now", [](HtmlWriter& html, const PageFacts& facts) { write_state(html, *facts.status); },
     [](const PageFacts& facts) { return facts.status.has_value(); }},
    {"timeline", "Timeline",
     [](HtmlWriter& html, const PageFacts& facts) {
         const Period period{facts.since, facts.now};
         write_timelines(html, *facts.status, timelines(*facts.status, facts.history->entries, period),
                         period);
     },
     [](const PageFacts& facts) { return facts.status && facts.history; }},
    {"actions", "Drift and actions",
     [](HtmlWriter& html, const PageFacts& facts) { write_actions(html, *facts.history); },
     [](const PageFacts& facts) { return facts.history.has_value(); }},
    {"services", "Services as the settings ask",
     [](HtmlWriter& html, const PageFacts& facts) {
         write_outlines(html, facts.status ? &*facts.status : nullptr, *facts.services);
     },
     [](const PageFacts& facts) { return facts.services.has_value(); }},
    {"plan", "Plan", [](HtmlWriter& html, const PageFacts& facts) { write_plan(html, *facts.plan); },
     [](const PageFacts& facts) { return facts.plan.has_value(); }},
    {"checks", "Checks of the machine",
     [](HtmlWriter& html, const PageFacts& facts) { write_findings(html, facts.findings); },
     [](const PageFacts&) { return true; }},
};

void write_head(HtmlWriter& html, const PageFacts& facts) {
    html.begin("head");
    html.lone("meta", {{"charset", "utf-8"}});
    html.lone("meta", {{"http-equiv", "Content-Security-Policy"},
                       {"content",
                        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
                        "form-action 'none'"}});
    html.lone("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
    html.lone("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
    html.element("title", "dockerextd on " + facts.host + ": " + facts.headline);
    html.lone("link", {{"rel", "icon"}, {"href", "data:,"}});  // or a browser looks for one
    html.begin("style");
    html.literal(stylesheet());
    html.end();
    html.end();
}

void write_header(HtmlWriter& html, const PageFacts& facts) {
    html.element("a", "Skip to the contents", {{"class", "skip"}, {"href", "#contents"}});
    html.begin("header");
    html.element("p", "dockerextd " + facts.version, {{"class", "note"}});
    html.element("h1", facts.host);
    html.element("p", facts.headline,
                 {{"class", "headline " + std::string(to_string(facts.status ? tone_of(facts.status->state)
                                                                             : Tone::none))}});
    html.element("p", time_text(facts.since) + " to " + time_text(facts.now) + ", all times in UTC",
                 {{"class", "note"}});
    html.begin("nav", {{"aria-label", "Sections"}});
    html.begin("ul");
    for (const Section& section : sections) {
        html.begin("li");
        html.element("a", section.title.text, {{"href", "#" + std::string(section.id.text)}});
        html.end();
    }
    html.end();
    html.end();
    html.end();
}

void write_section(HtmlWriter& html, const Section& section, const PageFacts& facts) {
    const std::string id(section.id.text), heading = id + "-heading";
    html.begin("section", {{"id", id}, {"aria-labelledby", heading}});
    html.element("h2", section.title.text, {{"id", heading}});
    if (section.is_known(facts)) section.write(html, facts);
    else html.element("p", "Not known, because the daemon did not tell.");
    html.end();
}

}  // namespace

std::string page(const PageFacts& facts) {
    HtmlWriter html;
    html.literal("<!DOCTYPE html>\n");
    html.begin("html", {{"lang", "en"}});
    write_head(html, facts);
    html.begin("body");
    write_header(html, facts);
    html.begin("main", {{"id", "contents"}});
    for (const std::string& why : facts.missing) html.element("p", why, {{"class", "notice"}});
    for (const Section& section : sections) write_section(html, section, facts);
    html.end();
    html.begin("footer");
    html.element("p",
                 "Made by `dockerextd report`. Secrets of the settings are hidden, but the output of "
                 "containers may hold "
                 "anything: look through this page before you pass it on.",
                 {{"class", "note"}});
    html.end();
    html.end();
    html.end();
    return html.take() + "\n";
}

}  // namespace dockerext::page
