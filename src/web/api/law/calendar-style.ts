/** The whole look of the printable calendar: screen, night and paper. */
export const calendarStyle = `
:root { color-scheme: light dark; --ink: #16202b; --paper: #fff; --soft: #5a6673; --line: #d5dbe1; --open: #1d7a4f; --shut: #f2f4f6; --warn: #8a5a00; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8edf2; --paper: #12181f; --soft: #9fabb8; --line: #2e3945; --open: #4fc38a; --shut: #1a222b; --warn: #e0a94a; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem; max-width: 60rem; background: var(--paper); color: var(--ink); font: 1rem/1.45 system-ui, sans-serif; }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; }
p { margin: 0 0 .75rem; color: var(--soft); }
dl { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 0 0 1.25rem; color: var(--soft); font-size: .875rem; }
dl div { display: flex; flex-wrap: wrap; gap: 0 .4rem; }
dd { margin: 0; color: var(--ink); overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
caption { padding: 1.25rem 0 .5rem; text-align: left; font-weight: 600; font-size: 1.125rem; }
th, td { padding: .35rem .5rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: middle; }
thead th { color: var(--soft); font-weight: 500; font-size: .875rem; }
tbody th { width: 7.5rem; font-weight: 500; white-space: nowrap; }
tr.closed { background: var(--shut); }
tr.closed td { color: var(--soft); }
tr.warned svg .light { fill: var(--warn); }
th.bar, td.bar { width: 28%; }
.why span { white-space: nowrap; }
tr.warned .why { color: var(--warn); }
.hours { width: 8rem; white-space: nowrap; font-variant-numeric: tabular-nums; }
svg { display: block; width: 100%; height: .7rem; }
svg .night { fill: var(--line); }
svg .light { fill: var(--open); }
@media (max-width: 40rem) {
  body { padding: 1rem .75rem; font-size: .875rem; }
  th.bar, td.bar { display: none; }
  th, td { padding: .35rem .2rem; }
  tbody th, .hours { width: auto; }
  .why span { white-space: normal; }
}
@media print {
  :root { --ink: #000; --paper: #fff; --soft: #333; --line: #999; --open: #000; --shut: #eee; --warn: #555; }
  body { max-width: none; padding: 0; font-size: 9pt; }
  th, td { padding: .12rem .3rem; }
  table { break-after: page; }
  table:last-of-type { break-after: auto; }
  svg .night { fill: #e2e2e2; }
  tr.warned svg .light { fill: #8c8c8c; }
  svg, tr.closed { print-color-adjust: exact; }
}
`;
