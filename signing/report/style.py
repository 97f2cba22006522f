"""The looks of the page: calm, exact, both colour schemes, and paper."""

from typing import Final

STYLE: Final = """
:root{color-scheme:light dark;--ground:#f6f5f1;--paper:#fff;--ink:#1b1d21;--quiet:#5a6068;
--line:#dedbd3;--act:#1d4e89;--good:#1f6b3a;--goodg:#e8f3eb;--bad:#b01e23;--badg:#fbeaea;
--wait:#8a5a00;--waitg:#fff4dc}
@media(prefers-color-scheme:dark){:root{--ground:#16181b;--paper:#1f2226;--ink:#eceae4;
--quiet:#a9afb7;--line:#3a3e44;--act:#9cc3f5;--good:#8fd3a8;--goodg:#1d3326;--bad:#ff9a9d;
--badg:#3b2022;--wait:#f0c36a;--waitg:#3a2f16}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);
font:15px/1.5 "Be Vietnam Pro",system-ui,sans-serif;overflow-wrap:anywhere}
main{max-width:1040px;margin:0 auto;padding:24px 16px}
h1{font-size:18px;margin:0 0 12px}h2{font-size:16px;margin:24px 0 8px}
h3{font-size:15px;margin:0 0 4px}
.band{border:1px solid;border-radius:6px;padding:16px;font-size:18px;margin:0 0 16px}
.band strong{display:block;font-size:15px}
.passed{color:var(--good);background:var(--goodg)}.failed{color:var(--bad);background:var(--badg)}
.indeterminate,.unsigned,.unreadable{color:var(--wait);background:var(--waitg)}
.test{border:2px dashed var(--bad);color:var(--bad);padding:8px 16px;border-radius:6px;
font-weight:600;margin:0 0 16px}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(320px,100%),1fr));gap:16px}
article{background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:16px;
min-width:0}
.quiet{color:var(--quiet);margin:0}.word{display:inline-block;border-radius:6px;padding:0 8px;
font-weight:600}
dl{display:grid;grid-template-columns:112px minmax(0,1fr);gap:4px 12px;margin:12px 0}
dt{color:var(--quiet)}dd{margin:0;font-variant-numeric:tabular-nums}
dt a,td a{color:inherit;text-decoration:underline dotted;text-underline-offset:3px}
ul{list-style:none;margin:0 0 8px;padding:0}li{padding:2px 0}
ul.plain li{padding-left:16px;text-indent:-16px}
summary{cursor:pointer;padding-left:16px;text-indent:-16px;list-style:none}
summary::-webkit-details-marker{display:none}
summary::after{content:" ?";color:var(--quiet);font-weight:600}
details[open]>summary::after{content:" –"}
summary:focus-visible,a:focus-visible{outline:2px solid var(--act);outline-offset:2px}
details p{margin:2px 0 4px 16px;color:var(--quiet)}
li.error>details>summary{color:var(--bad)}li.warning>details>summary{color:var(--wait)}
table{border-collapse:collapse;width:100%;background:var(--paper);border:1px solid var(--line)}
th,td{text-align:left;vertical-align:top;padding:6px 12px;border-top:1px solid var(--line);
font-variant-numeric:tabular-nums}
th{color:var(--quiet);font-weight:400}td:first-child,th:first-child{width:1%;white-space:nowrap}
tr.no td{color:var(--bad)}
.terms{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(280px,100%),1fr));
gap:4px 8px;align-items:start}
.terms details{background:var(--paper);border:1px solid var(--line);border-radius:6px;
padding:6px 12px}
code{font-size:13px}footer{color:var(--quiet);margin-top:24px}
footer dl{grid-template-columns:minmax(112px,208px) minmax(0,1fr)}
@media(max-width:480px){.band{font-size:16px}th,td{padding:6px 8px}
footer dl{grid-template-columns:1fr;gap:0}footer dd{margin:0 0 8px}}
@media print{body{background:#fff}main{max-width:none;padding:0}article,tr{break-inside:avoid}
details::details-content{content-visibility:visible;display:block}}
"""
