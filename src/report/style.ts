/** The page's style sheet: quiet, legible on a phone, in the dark and on paper. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --card: #ffffff; --line: #dde2e9; --ink: #1b2430; --quiet: #566173;
  --accent: #0b6b8a; --accent-soft: #e3f1f5; --second: #a85b0c; --third: #7a4fa3; --chosen: #eef6f8;
  --warn: #8a5200; --warn-ground: #fff6e6; --warn-line: #e7c689; --grid: #e4e8ee;
  --dot-light: 42%; --dot-strong: 68%; --plot-background: var(--card); --shade: rgb(30 45 65 / .18);
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11151b; --card: #191f28; --line: #2b3441; --ink: #e7ebf1; --quiet: #a2adbd;
    --accent: #66c6e6; --accent-soft: #15303b; --second: #efb264; --third: #c3a1e6; --chosen: #18303a;
    --warn: #f2c178; --warn-ground: #2a2215; --warn-line: #5f4a22; --grid: #27303c;
    --dot-light: 66%; --dot-strong: 72%; --shade: rgb(0 0 0 / .6);
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0; padding: 0 clamp(16px, 4vw, 40px); background: var(--ground); color: var(--ink);
  font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
}
header, main, footer { max-width: 1040px; margin: 0 auto; }
header { padding: 48px 0 8px; }
.kicker { margin: 0; color: var(--accent); font-size: 13px; font-weight: 600; letter-spacing: .08em; text-transform: uppercase; }
h1 { margin: 4px 0 8px; font-size: clamp(28px, 5vw, 42px); line-height: 1.15; letter-spacing: -.02em; font-weight: 700; text-wrap: balance; overflow-wrap: anywhere; }
.what { margin: 0; color: var(--quiet); font-size: 17px; }
.what b { color: var(--ink); font-weight: 600; }
.verdict { margin: 24px 0; max-width: 46em; font-size: clamp(18px, 2.4vw, 22px); line-height: 1.45; text-wrap: pretty; }
.verdict strong { font-weight: 650; color: var(--accent); }
.verdict strong.doubt { color: var(--warn); }
.tiles { display: flex; flex-wrap: wrap; gap: 1px; margin: 0 0 24px; overflow: hidden; border: 1px solid var(--line); border-radius: 14px; background: var(--line); }
.tiles > div { flex: 1 1 160px; padding: 16px 18px; background: var(--card); }
.tiles dt { color: var(--quiet); font-size: 13px; }
.tiles dd { margin: 2px 0 0; }
.tiles b { display: block; font-size: 24px; line-height: 1.3; font-weight: 650; letter-spacing: -.01em; font-variant-numeric: tabular-nums; white-space: nowrap; }
.tiles span { display: block; color: var(--quiet); font-size: 13px; line-height: 1.4; }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0; padding: 0; list-style: none; font-size: 15px; }
a { color: var(--accent); text-underline-offset: 3px; text-decoration-thickness: 1px; }
a:hover { text-decoration-thickness: 2px; }
nav a { display: inline-block; padding: 4px 0; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 4px; }
.skip { position: absolute; left: 16px; top: -60px; padding: 8px 14px; background: var(--card); border-radius: 8px; }
.skip:focus { top: 12px; }
main > section { margin: 20px 0; padding: 28px clamp(16px, 3vw, 32px); background: var(--card); border: 1px solid var(--line); border-radius: 16px; scroll-margin-top: 16px; }
h2 { margin: 0; font-size: 22px; line-height: 1.3; letter-spacing: -.01em; font-weight: 650; }
h3 { margin: 0 0 8px; font-size: 15px; font-weight: 650; }
.lead { margin: 6px 0 22px; max-width: 44em; color: var(--quiet); text-wrap: pretty; }
.note { margin: 8px 0; color: var(--quiet); font-size: 14px; }
.warnings { display: grid; gap: 12px; margin: 0; padding: 0; list-style: none; }
.warning { padding: 14px 18px; border: 1px solid var(--warn-line); border-left-width: 5px; border-radius: 10px; background: var(--warn-ground); }
.warning b { display: block; color: var(--warn); font-weight: 650; }
figure { margin: 0; }
.chart { position: relative; min-width: 0; }
.chart + .scroll, .chart + details { margin-top: 20px; }
.chart svg { display: block; max-width: 100%; height: auto; overflow: visible; font-family: inherit; }
.chart canvas { image-rendering: pixelated; }
.multiples { display: grid; grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); gap: 24px 28px; margin-top: 24px; }
.multiples h3 { font-weight: 600; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0 0 10px; padding: 0; list-style: none; font-size: 14px; color: var(--quiet); }
.legend li { display: flex; align-items: center; gap: 7px; }
.legend i { display: inline-block; width: 22px; height: 2.5px; background: currentColor; }
.legend i.dashed { background: repeating-linear-gradient(to right, currentColor 0 5px, transparent 5px 8.5px); }
.legend i.dot { width: 11px; height: 11px; border-radius: 50%; }
.bands { display: grid; gap: 22px; }
.band { display: grid; grid-template-columns: auto 1fr; gap: 5px 14px; align-items: center; }
.band .row-name { color: var(--quiet); font-size: 13px; text-align: right; }
.strip { display: flex; gap: 5px; min-width: 0; }
.strip > * { flex: 0 1 auto; min-width: 0; border-radius: 3px; }
.strip canvas { height: auto !important; }
.strip.captions { color: var(--quiet); font-size: 12px; line-height: 1.3; text-align: center; }
.strip.captions span { overflow: hidden; text-overflow: ellipsis; }
.sheet { display: grid; gap: 14px; }
.sheet-row { display: flex; flex-wrap: wrap; gap: 8px; }
.sheet-row > div { display: grid; gap: 3px; align-content: start; }
.sheet-row > :first-child { margin-right: 14px; padding-right: 14px; border-right: 2px solid var(--accent); }
.sheet-row span { width: var(--cell); overflow: hidden; overflow-wrap: anywhere; color: var(--quiet); font-size: 12px; line-height: 1.3; }
.comparisons { display: grid; gap: 30px; }
.comparison > div { position: relative; overflow: hidden; border-radius: 6px; background: var(--grid); }
.comparison img { display: block; width: 100%; height: 100%; object-fit: fill; image-rendering: pixelated; }
.comparison img + img { position: absolute; inset: 0; }
.comparison i { position: absolute; inset-block: 0; width: 2px; margin-left: -1px; background: var(--accent); box-shadow: 0 0 4px rgb(0 0 0 / .6); pointer-events: none; }
.comparison input { width: 100%; margin: 8px 0 0; accent-color: var(--accent); }
.comparison p { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 8px; margin: 0 0 6px; font-size: 14px; }
.comparison select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 2px 6px; }
.wall { display: flex; flex-wrap: wrap; gap: 5px; }
.plot { position: relative; }
.quiet { color: var(--quiet); }
.wall canvas { border-radius: 3px; }
.map { display: grid; grid-template-columns: minmax(0, 1fr); gap: 16px; }
.map .legend { margin: 0; }
.tip { position: absolute; z-index: 2; display: flex; gap: 10px; align-items: center; padding: 8px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; box-shadow: 0 6px 24px rgb(0 0 0 / .18); font-size: 14px; line-height: 1.35; pointer-events: none; white-space: nowrap; }
.tip[hidden] { display: none; }
.tip canvas { display: block; border-radius: 4px; }
.heat { display: flex; flex-wrap: wrap; gap: 14px 24px; align-items: flex-end; }
.heat canvas { border-radius: 8px; max-width: 100%; }
.scale { display: grid; gap: 4px; color: var(--quiet); font-size: 13px; font-variant-numeric: tabular-nums; }
.scale canvas { width: 14px; height: 150px; border-radius: 4px; }
.scale div { display: flex; gap: 8px; }
.scale ol { display: flex; flex-direction: column; justify-content: space-between; margin: 0; padding: 0; list-style: none; }
.scroll {
  overflow-x: auto;
  background:
    linear-gradient(to right, var(--card) 40%, transparent) left / 40px 100% no-repeat local,
    linear-gradient(to left, var(--card) 40%, transparent) right / 40px 100% no-repeat local,
    linear-gradient(to right, var(--shade), transparent) left / 14px 100% no-repeat scroll,
    linear-gradient(to left, var(--shade), transparent) right / 14px 100% no-repeat scroll;
}
table { border-collapse: collapse; width: 100%; font-size: 15px; font-variant-numeric: tabular-nums; }
th, td { padding: 8px 12px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
thead th { color: var(--quiet); font-size: 13px; font-weight: 600; vertical-align: bottom; }
th:first-child, td:first-child { text-align: left; }
tbody th { font-weight: 500; }
tbody tr:last-child > * { border-bottom: 0; }
.chosen > * { background: var(--chosen); }
.chosen th, .chosen td { font-weight: 650; }
.texts th, .texts td { text-align: left; vertical-align: top; white-space: pre-line; }
.texts td { min-width: 12em; }
ol.texts { margin: 0; padding-left: 1.6em; }
ol.texts li { padding: 3px 0; white-space: pre-line; }
.pairs th[colspan] { text-align: center; }
.pairs thead tr:first-child th { border-bottom-color: transparent; }
.pairs thead tr + tr th { text-align: right; }
.pairs th[colspan], .pairs thead tr + tr th:nth-child(odd), .pairs td:nth-child(even) { border-left: 1px solid var(--line); }
.pairs tbody th { position: sticky; left: 0; background: var(--card); }
.unit { color: var(--quiet); font-weight: 400; font-size: 13px; }
mark { padding: 1px 5px; margin-right: -5px; border-radius: 4px; background: var(--warn-ground); color: var(--warn); font-weight: 600; box-shadow: inset 0 0 0 1px var(--warn-line); }
summary { width: fit-content; color: var(--accent); cursor: pointer; font-size: 15px; }
details[open] summary { margin-bottom: 8px; }
.commands { display: grid; gap: 14px; margin: 0; }
.commands dt { color: var(--ink); font-size: 15px; }
.commands dd { margin: 4px 0 0; }
code { font-family: var(--mono); font-size: 14px; }
.commands code { display: block; padding: 10px 14px; border: 1px solid var(--line); border-radius: 8px; background: var(--ground); user-select: all; }
.commands code span { display: inline-block; max-width: 100%; overflow-wrap: anywhere; }
.groups { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 260px), 1fr)); gap: 26px 44px; }
.groups dl { margin: 0; font-size: 15px; }
.groups dl > div { display: flex; justify-content: space-between; gap: 16px; padding: 5px 0; border-bottom: 1px solid var(--line); }
.groups dt { color: var(--quiet); }
.groups dd { margin: 0; text-align: right; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
footer { padding: 16px 0 48px; color: var(--quiet); font-size: 14px; }
@media (max-width: 560px) {
  header { padding-top: 28px; }
  .tiles > div { flex-basis: 40%; padding: 12px 14px; }
  .tiles b { font-size: 20px; }
  main > section { margin: 14px 0; padding: 22px 16px; border-radius: 12px; }
  th, td { padding: 7px 9px; }
  thead th, tbody th { white-space: normal; }
  .pairs tbody th { min-width: 92px; }
  .band { grid-template-columns: 1fr; }
  .band .row-name { text-align: left; margin-top: 4px; }
}
@media print {
  :root {
    --ground: #fff; --card: #fff; --line: #d4d9e0; --ink: #111; --quiet: #4a5361; --accent: #0b5f7b; --accent-soft: #eef6f8;
    --second: #99520a; --third: #6b4391; --chosen: #eef6f8; --warn: #7a4800; --warn-ground: #fff9ee; --warn-line: #e0c490; --grid: #e4e8ee;
    --dot-light: 42%; --dot-strong: 68%;
    color-scheme: light;
  }
  body { padding: 0; font-size: 11pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  nav, .skip, details:not([open]) { display: none; }
  header { padding-top: 0; }
  main > section { padding: 8pt 0; border: 0; border-top: 1px solid var(--line); border-radius: 0; margin: 8pt 0; }
  h2, h3, .lead { break-after: avoid; }
  figure, .band, .sheet-row, .multiples > *, .groups > div, tr, .warning, .commands > div { break-inside: avoid; }
  .scroll { overflow: visible; }
}
`;
