#include "page/stylesheet.hpp"

namespace dockerext::page {

// Each text stands on --page, --card or --head, or on the background that is set in the same rule
// (tests/lint/report_page.py computes the contrast of all of them).
Literal stylesheet() noexcept {
    return R"css(
:root {
  color-scheme: light dark;
  --page: #f4f6f8; --card: #ffffff; --head: #eef1f5; --rule: #d5dbe3;
  --text: #1b2430; --muted: #52606f; --link: #0b57b8;
  --good: #12652f; --good-back: #dcf2e2; --busy: #7a4b00; --busy-back: #fdeecb; --bad: #a5161d; --bad-back: #fde2e1;
  --none: #4a5665; --none-back: #e5e9ee;
  --running: #3f9a5c; --working: #d99a1c; --failed: #d43d3d; --absent: #c9d0d9; --unknown: #8d97a5;
  --mark: #1b2430;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #11161c; --card: #1a2129; --head: #222b35; --rule: #36414e;
    --text: #e4e9ef; --muted: #a7b3c0; --link: #85b8ff;
    --good: #8fdca6; --good-back: #17361f; --busy: #f3c76b; --busy-back: #3b2c0b; --bad: #ffa8a3; --bad-back: #4a1b1d;
    --none: #c0cad5; --none-back: #2e3843;
    --running: #3f9a5c; --working: #c98d17; --failed: #e05252; --absent: #3a4552; --unknown: #76818f;
    --mark: #f2f5f8;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 78rem; padding: 1.5rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere; }
a { color: var(--link); }
a:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; padding: .5rem 1rem; background: var(--card); }
h1 { margin: 0; font-size: 1.8rem; line-height: 1.2; }
h2 { margin: 0 0 .75rem; font-size: 1.25rem; }
h3 { margin: 0; font-size: 1rem; }
p { margin: 0 0 .75rem; }
.note { color: var(--muted); font-size: .875rem; margin: 0; }
.line { margin: 0; }
.text { white-space: pre-line; }
.error { color: var(--bad); }
.headline { margin: .75rem 0; padding: .6rem .9rem; border-radius: 8px; font-size: 1.1rem; font-weight: 600; }
.good { color: var(--good); background: var(--good-back); }
.busy { color: var(--busy); background: var(--busy-back); }
.bad { color: var(--bad); background: var(--bad-back); }
.none { color: var(--none); background: var(--none-back); }
.notice { padding: .6rem .9rem; border-radius: 8px; margin: 0 0 1rem; white-space: pre-line; color: var(--busy); background: var(--busy-back); }
.badge { display: inline-block; padding: 0 .55rem; border-radius: 1rem; font-size: .82rem; font-weight: 600; white-space: nowrap; }
nav ul { list-style: none; margin: .75rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .35rem 1.25rem; }
nav a { display: inline-block; padding: .15rem 0; }
section { margin: 1.25rem 0; padding: 1.25rem; background: var(--card); border: 1px solid var(--rule); border-radius: 12px; }
dl { margin: 0 0 1rem; }
dl div { display: grid; grid-template-columns: 7rem 1fr; }
dt { color: var(--muted); }
dd { margin: 0; }
table { width: 100%; table-layout: fixed; border-collapse: collapse; margin: 0 0 1.25rem; font-size: .9rem; }
section > :last-child { margin-bottom: 0; }
caption { text-align: left; font-weight: 600; padding: 0 0 .4rem; }
th { text-align: left; font-weight: 600; color: var(--muted); background: var(--head); padding: .4rem .6rem; }
td { vertical-align: top; padding: .45rem .6rem; border-top: 1px solid var(--rule); white-space: pre-line; }
td:first-child { font-weight: 600; }
td:first-child .line { font-weight: 400; }
pre { margin: .3rem 0; padding: .5rem .7rem; max-height: 16rem; overflow: auto; border-radius: 6px; background: var(--head);
  font: .8rem/1.45 ui-monospace, "DejaVu Sans Mono", monospace; white-space: pre-wrap; }
.changes { margin: 0; padding: 0; list-style: none; }
.field, .image { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .82rem; }
.field { font-weight: 600; }
.legend { list-style: none; margin: 0 0 .75rem; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; font-size: .85rem; color: var(--muted); }
.legend li { display: flex; align-items: center; gap: .35rem; }
.symbols { position: absolute; width: 0; height: 0; }
.lane { display: grid; grid-template-columns: 13rem 1fr; column-gap: 1rem; align-items: center; padding: .35rem 0; break-inside: avoid; }
.lane > svg { width: 100%; grid-column: 2; overflow: visible; }
.lane > .note { grid-column: 2; }
.lane h3 { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .5rem; }
.axis { padding: 0; }
.axis text { fill: var(--muted); font-size: 12px; }
.tick { stroke: var(--rule); stroke-width: 1; }
.phase { stroke: none; }
rect.running { fill: var(--running); } rect.being-changed { fill: var(--working); } rect.not-well { fill: var(--failed); }
rect.not-there { fill: var(--absent); } rect.unknown { fill: var(--unknown); }
.mark { stroke: var(--mark); stroke-width: 1.5; }
.mark.created { fill: var(--card); } .mark.repaired { fill: var(--working); } .mark.replaced { fill: var(--link); }
.mark.removed { fill: var(--absent); } .mark.failed { fill: var(--failed); } .mark.under-way { fill: var(--card); }
.wide { overflow-x: auto; margin: 0 0 1rem; padding: .25rem; }
.graph text { font-size: 13px; }
.node rect { fill: var(--card); stroke-width: 2; }
.node.good rect { stroke: var(--good); } .node.busy rect { stroke: var(--busy); } .node.bad rect { stroke: var(--bad); } .node.none rect { stroke: var(--none); }
.node .name { fill: var(--text); font-weight: 600; }
.node.good .state { fill: var(--good); } .node.busy .state { fill: var(--busy); } .node.bad .state { fill: var(--bad); } .node.none .state { fill: var(--none); }
.edge { fill: none; stroke: var(--muted); stroke-width: 1.6; }
.edge.service_started { stroke-dasharray: 2 4; } .edge.service_completed_successfully { stroke-dasharray: 9 4; }
.arrow { fill: var(--muted); }
footer { padding: 0 0 1rem; }
@media screen and (max-width: 44rem) {
  body { padding: .75rem; }
  section { padding: .9rem; }
  .lane { display: block; }
  dl div { display: block; margin: 0 0 .5rem; }
  thead { position: absolute; left: -100rem; }
  table, tbody, tr, td, caption { display: block; }
  tr { padding: .5rem 0; border-top: 1px solid var(--rule); }
  td { border: 0; padding: .1rem 0; display: grid; grid-template-columns: 5.5rem 1fr; }
  td > * { grid-column: 2; justify-self: start; }
  td:empty { display: none; }
  td::before { content: attr(data-label); color: var(--muted); font-weight: 400; }
}
@media print {
  :root { --page: #ffffff; --card: #ffffff; --head: #ffffff; --rule: #b8c0c9; --text: #000000; --muted: #444444; --link: #000000;
    --good: #12652f; --good-back: #ffffff; --busy: #7a4b00; --busy-back: #ffffff; --bad: #a5161d; --bad-back: #ffffff;
    --none: #444444; --none-back: #ffffff; --mark: #000000; --absent: #c9d0d9; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  table { font-size: 8pt; }
  .badge { font-size: 7.5pt; padding: 0 .4em; }
  nav, .skip { display: none; }
  section { border: 0; padding: 0; }
  .headline, .notice, .badge { border: 1px solid; }
  tr, .lane, pre { break-inside: avoid; }
  thead { display: table-header-group; }
  h2, caption { break-after: avoid; }
  pre { max-height: none; }
  .wide { overflow: visible; }
  .graph { max-width: 100%; height: auto; }
}
)css";
}

}  // namespace dockerext::page
