import { createHash } from 'node:crypto';

const style = `
:root { color-scheme: light dark; --ground: #f6f7f9; --card: #fff; --ink: #1b2330; --soft: #647083; --line: #e2e6ec; --good: #0f7b4f; --goodground: #dff5ea; --off: #8a4b12; --offground: #fbead9; --mark: #3457d5; }
@media (prefers-color-scheme: dark) { :root { --ground: #12161d; --card: #1b212b; --ink: #e6eaf0; --soft: #93a0b4; --line: #2b3340; --good: #67d8a7; --goodground: #143a2b; --off: #f0b37c; --offground: #43290f; --mark: #8ea6ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
header { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; margin-bottom: 1.25rem; }
h1 { font-size: 1.3rem; margin: 0; flex: 1; }
h2 { font-size: 1rem; margin: 2rem 0 .6rem; color: var(--soft); font-weight: 600; }
input { font: inherit; padding: .45rem .7rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); color: inherit; min-width: 18rem; }
.counts { display: flex; gap: .75rem; flex-wrap: wrap; }
.count { background: var(--card); border: 1px solid var(--line); border-radius: .7rem; padding: .6rem 1rem; min-width: 7rem; }
.count b { display: block; font-size: 1.4rem; font-variant-numeric: tabular-nums; }
.count span, .soft { color: var(--soft); }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .7rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .55rem .8rem; border-top: 1px solid var(--line); vertical-align: top; }
thead th { border-top: 0; font-weight: 600; color: var(--soft); font-size: .85rem; }
tr.inactive td { color: var(--soft); }
.state { display: inline-block; border-radius: 1rem; padding: .05rem .6rem; font-size: .82rem; background: var(--goodground); color: var(--good); }
.inactive .state { background: var(--offground); color: var(--off); }
.tag { display: inline-block; border: 1px solid var(--line); border-radius: .4rem; padding: 0 .4rem; margin: 0 .25rem .2rem 0; font-size: .85rem; }
.groups { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: .75rem; }
.group { background: var(--card); border: 1px solid var(--line); border-radius: .7rem; padding: .8rem 1rem; }
.group b { color: var(--mark); }
.fresh { animation: fresh 2.5s ease-out; }
@keyframes fresh { from { background: var(--goodground); } }
@media (prefers-reduced-motion: reduce) { .fresh { animation: none; } }
`;

const script = `
const byId = (id) => document.getElementById(id);
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const element = (name, className, ...children) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== undefined && child !== null));
  return made;
};
const typed = (list, type) => (list || []).find((each) => each.type === type);
let shownRevision, shownSearch, changedAt = {};
function row({ resource, groups, manager }, first) {
  const tr = element('tr', resource.active === true ? '' : 'inactive');
  const changed = resource.meta.lastModified;
  if (!first && changedAt[resource.id] !== changed) tr.classList.add('fresh');
  changedAt[resource.id] = changed;
  const extra = resource[enterprise] || {};
  const address = typed(resource.addresses, 'work') || {};
  const cell = (...children) => tr.append(element('td', '', ...children));
  cell(element('div', '', resource.displayName || resource.userName), element('div', 'soft', resource.userName));
  cell(element('span', 'state', resource.active === true ? 'active' : 'inactive'));
  cell((typed(resource.emails, 'work') || {}).value || '');
  cell(element('div', '', resource.title || ''), element('div', 'soft', extra.department || ''));
  cell(manager || '');
  cell([address.locality, address.country].filter(Boolean).join(', '));
  cell(...groups.map((name) => element('span', 'tag', name)));
  return tr;
}
function show(state, search) {
  const first = shownRevision === undefined || search !== shownSearch;
  byId('accounts').textContent = state.accounts;
  byId('active').textContent = state.active;
  byId('groups').textContent = state.groups;
  byId('rows').replaceChildren(...state.users.map((user) => row(user, first)));
  byId('more').textContent = state.found > state.users.length ? 'The ' + state.users.length + ' changed last of ' + state.found + ' are shown.' : state.found === 0 ? 'No accounts.' : '';
  byId('cards').replaceChildren(...state.groupList.map((group) => element('div', 'group',
    element('b', '', group.displayName), element('div', 'soft', group.size + (group.size === 1 ? ' member' : ' members')),
    ...group.members.map((name) => element('span', 'tag', name)),
    group.size > group.members.length ? element('span', 'soft', 'and ' + (group.size - group.members.length) + ' more') : undefined)));
  shownRevision = state.revision;
  shownSearch = search;
}
async function refresh() {
  const search = byId('search').value;
  try {
    const answer = await fetch('/state?search=' + encodeURIComponent(search));
    const state = await answer.json();
    byId('status').textContent = '';
    if (state.revision !== shownRevision || search !== shownSearch) show(state, search);
  } catch {
    byId('status').textContent = 'The sandbox does not answer.';
  }
}
byId('search').addEventListener('input', refresh);
(async function loop() { await refresh(); setTimeout(loop, document.hidden ? 5000 : 1000); })();
`;

export const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sandbox app</title>
<style>${style}</style>
<main>
<header><h1>Sandbox app</h1><span id="status" class="soft" role="status"></span><input id="search" type="search" placeholder="Search accounts and groups" aria-label="Search accounts and groups"></header>
<div class="counts"><div class="count"><b id="accounts">0</b><span>accounts</span></div><div class="count"><b id="active">0</b><span>active</span></div><div class="count"><b id="groups">0</b><span>groups</span></div></div>
<h2>Accounts</h2>
<div class="scroll"><table><thead><tr><th>Name</th><th>State</th><th>Email</th><th>Title</th><th>Manager</th><th>Place</th><th>Groups</th></tr></thead><tbody id="rows"></tbody></table></div>
<p id="more" class="soft"></p>
<h2>Groups</h2>
<div id="cards" class="groups"></div>
</main>
<script>${script}</script>
</html>
`;

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

export const pagePolicy = `default-src 'none'; connect-src 'self'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`;
