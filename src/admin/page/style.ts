export const pageStyle = `
:root { color-scheme: light dark; --page: #f3f5f8; --card: #fff; --line: #dbe1e8; --text: #17212d; --soft: #566374;
  --accent: #0b66c3; --accent-soft: #7fb2e6; --ok: #12733c; --ok-back: #e3f4e9; --warn: #825300; --warn-back: #fdf1d6;
  --bad: #b3231b; --bad-back: #fde9e7; --failed: #c62828 }
@media (prefers-color-scheme: dark) { :root { --page: #0f141a; --card: #182029; --line: #2c3743; --text: #e6ecf2; --soft: #9dabba;
  --accent: #6cb3ff; --accent-soft: #3b76b3; --ok: #62d592; --ok-back: #14321f; --warn: #f2bd55; --warn-back: #382a0d;
  --bad: #ff938a; --bad-back: #401a18; --failed: #ff6f66 } }
* { box-sizing: border-box; margin: 0 }
body { background: var(--page); color: var(--text); font: 1rem/1.45 system-ui, sans-serif; max-width: 82rem; margin: 0 auto;
  padding: clamp(.75rem, 2vw, 2rem); overflow-wrap: break-word }
a { color: var(--accent) }
a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px }
code { font: .9em ui-monospace, monospace }
h1 { font-size: 1.35rem; letter-spacing: -.01em }
h2 { font-size: 1.25rem }
h3 { font-size: .8rem; font-weight: 600; color: var(--soft); text-transform: uppercase; letter-spacing: .06em }
small { font-size: .95rem; font-weight: 400; color: var(--soft) }
#stale { background: var(--bad-back); color: var(--bad); border: 1px solid; border-radius: .6rem; padding: .6rem 1rem; margin-bottom: 1rem; font-weight: 600 }
h1 { display: flex; align-items: center; gap: .55rem } h1 svg { width: 1.6rem; height: 1.6rem; fill: var(--accent) }
.top { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; margin-bottom: 1.25rem }
.about { margin-left: auto; color: var(--soft); font-size: .9rem }
.badge { display: inline-flex; align-items: center; gap: .45rem; padding: .15rem .7rem .15rem .2rem; border-radius: 1rem; font-size: .9rem; font-weight: 600; max-width: 100% }
.badge span { display: grid; flex: none; place-items: center; width: 1.25rem; height: 1.25rem; border-radius: 50%; font-size: .75rem; font-weight: 700; color: var(--card) }
.badge.ok { background: var(--ok-back); color: var(--ok) } .badge.ok span { background: var(--ok) }
.badge.warn { background: var(--warn-back); color: var(--warn) } .badge.warn span { background: var(--warn) }
.badge.bad { background: var(--bad-back); color: var(--bad) } .badge.bad span { background: var(--bad) }
.overview, .tile { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem 1.1rem; min-width: 0 }
.overview { margin-bottom: 2rem; padding-block: .4rem; overflow-x: auto }
.environment { margin-bottom: 2.25rem; scroll-margin-top: 1rem }
.environment > header { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem .9rem; margin-bottom: .8rem }
.listen { color: var(--soft); font-size: .9rem }
.findings { list-style: none; padding: 0; display: grid; gap: .5rem; margin-bottom: .8rem }
.findings li { display: flex; gap: .9rem; border: 1px solid; border-left-width: .35rem; border-radius: .6rem; padding: .6rem .9rem }
.findings strong { flex: none; width: 5rem }
.findings p { color: var(--text) } .findings p:first-child::first-letter { text-transform: uppercase } .findings .remedy { color: var(--soft); font-size: .92rem }
.findings .bad { background: var(--bad-back); color: var(--bad) } .findings .warn { background: var(--warn-back); color: var(--warn) }
.tiles { display: grid; gap: .8rem; grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr)) }
.tiles + .tiles { margin-top: .8rem; grid-template-columns: minmax(0, 1fr) minmax(0, 2fr); align-items: start }
.tile { display: flex; flex-direction: column; gap: .55rem }
.big { font-size: 2.1rem; font-weight: 650; line-height: 1.1; letter-spacing: -.02em; font-variant-numeric: tabular-nums }
.tile.warn .big { color: var(--warn) } .tile.bad .big { color: var(--bad) }
dl { display: grid; gap: .25rem; font-size: .9rem } dl div { display: flex; gap: .75rem; justify-content: space-between }
dt { color: var(--soft); flex: none } dd { text-align: right; font-variant-numeric: tabular-nums; min-width: 0; overflow-wrap: anywhere }
progress { appearance: none; width: 100%; height: .5rem; border: 0; border-radius: .25rem; background: var(--line); overflow: hidden }
progress::-webkit-progress-bar { background: var(--line) } progress::-webkit-progress-value { background: var(--accent) }
progress::-moz-progress-bar { background: var(--accent) }
figure { margin: 0 } .chart { display: block; width: 100%; height: 4.5rem }
.chart .grid { stroke: var(--line); fill: none; vector-effect: non-scaling-stroke }
.bars { fill: var(--accent-soft) } .failed { fill: var(--failed) }
.p50, .p99 { fill: none; stroke: var(--accent); stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; vector-effect: non-scaling-stroke }
.p99 { stroke: var(--soft); stroke-width: 1.6; stroke-dasharray: 3 4 }
figcaption { display: flex; justify-content: space-between; gap: .5rem; color: var(--soft); font-size: .78rem; margin-top: .2rem }
.legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .85rem; color: var(--soft) }
.legend li::before { content: ''; display: inline-block; width: .9rem; height: .7rem; margin-right: .4rem; border-radius: 2px; background: var(--accent-soft) }
.legend .key-failed::before { background: var(--failed); width: .5rem }
.legend .key-p50::before { height: 0; border-top: 3px solid var(--accent); background: none; vertical-align: .25rem }
.legend .key-p99::before { height: 0; border-top: 2px dashed var(--soft); background: none; vertical-align: .25rem }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
th { text-align: left; font-weight: 600 } tbody th .meaning { font-weight: 400 } thead th { color: var(--soft); font-size: .8rem }
th, td { padding: .4rem .75rem .4rem 0; vertical-align: top } th:last-child, td:last-child { padding-right: 0 }
tbody tr { border-top: 1px solid var(--line) } .overview tbody td, .overview tbody th { vertical-align: middle }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.when { white-space: nowrap; color: var(--soft); width: 6.5rem }
.what { display: flex; flex-wrap: wrap; gap: .1rem 1.5rem } .what > * { min-width: 0; overflow-wrap: anywhere } .what > :first-child { flex: 0 0 15rem }
.meaning { display: block; color: var(--soft) }
.tag { display: block; width: fit-content; margin-top: .15rem; padding: 0 .45rem; border-radius: .3rem; font-size: .8rem; background: var(--warn-back); color: var(--warn) }
.id { display: block; color: var(--soft); font-size: .8rem }
.none { color: var(--soft) }
footer { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .5rem 2rem; color: var(--soft); font-size: .85rem }
footer a { margin-left: .5rem }
#mark::before { content: ''; display: inline-block; width: .55rem; height: .55rem; margin-right: .45rem; border-radius: 50%; background: var(--ok) }
@media (max-width: 60rem) { .tiles + .tiles { grid-template-columns: minmax(0, 1fr) } }
@media (max-width: 40rem) { th, td { padding-right: .5rem } .overview { padding-inline: .7rem } .overview table, .overview .badge { font-size: .8rem } .overview .badge { white-space: nowrap } .roomy { display: none } .what > :first-child { flex-basis: 100% } .when { width: 5.2rem } .about { margin-left: 0; width: 100% } .findings li { display: block } }
`
