/* Searches the index that another script file holds. Text goes in by textContent alone. */
(() => {
  'use strict';
  const doc = document, data = globalThis.SEARCH_INDEX, MOST = 30;
  const box = doc.querySelector('[data-search]');
  if (!box || !data) return;
  const input = box.querySelector('input'), said = box.querySelector('[role=status]'), list = box.querySelector('[data-hits]');
  const root = box.dataset.root.replace(/index\.html$/, '');
  const terms = data.terms ? data.terms.split(' ') : [];
  const places = data.places ? data.places.split(' ') : [];
  const fold = s => s.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const alone = /([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])/g;
  const words = s => fold(s).replace(alone, ' $1 ').match(/[\p{L}\p{N}]+/gu)?.filter(w => !/^([a-z]|[0-9]{1,3})$/.test(w)) || [];
  const unpack = s => { /* differences; -k stands for k times 1 */
    let n = 0;
    return s.split(',').flatMap(d => {
      const step = parseInt(d, 36);
      return Array.from({ length: Math.max(1, -step) }, () => (n += step < 0 ? 1 : step));
    });
  };
  const titles = data.documents.map(d => new Set(words(d[2]))), heads = data.pages.map(p => words(p[1] + ' ' + p[3]));

  const worth = word => { /* documents with a word that begins so, and how much that counts */
    const found = new Map();
    terms.forEach((term, i) => {
      if (!term.startsWith(word)) return;
      const having = unpack(places[i]), rare = Math.log(1 + data.documents.length / having.length) * (term === word ? 2 : 1);
      for (const n of having) {
        const [at, id] = data.documents[n];
        const more = titles[n].has(term) || (!id && heads[at].includes(term)) ? 4 : 1;
        found.set(n, Math.max(found.get(n) || 0, rare * more));
      }
    });
    return found;
  };

  const search = asked => { /* a section counts what the head of its study says as its own */
    const found = asked.map(worth);
    const told = (n, i) => found[i].get(n) || (heads[data.documents[n][0]].some(t => t.startsWith(asked[i])) ? 0.5 : 0);
    return [...new Set(found.flatMap(m => [...m.keys()]))]
      .map(n => [n, asked.map((word, i) => told(n, i))])
      .filter(([, scores]) => scores.every(s => s))
      .map(([n, scores]) => [n, scores.reduce((a, b) => a + b)])
      .sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([n]) => n);
  };

  const marked = (text, asked, el) => { /* text with what was asked for in <mark> */
    let end = 0;
    for (const m of text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
      if (!asked.some(w => words(m[0]).some(t => t.startsWith(w)))) continue;
      el.append(text.slice(end, m.index), Object.assign(doc.createElement('mark'), { textContent: m[0] }));
      end = m.index + m[0].length;
    }
    el.append(text.slice(end));
    return el;
  };

  const excerpt = (text, asked) => {
    const hit = [...text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)].find(m => asked.some(w => words(m[0]).some(t => t.startsWith(w))));
    const from = hit && hit.index > 80 ? text.lastIndexOf(' ', hit.index - 60) + 1 : 0;
    const cut = text.slice(from, from + 220);
    return (from ? '\u2026 ' : '') + cut + (from + 220 < text.length ? ' \u2026' : '');
  };

  const make = (tag, name = '') => Object.assign(doc.createElement(tag), { className: name });
  const item = (n, asked) => {
    const [at, id, title, text, figure] = data.documents[n], [path, study, day] = data.pages[at];
    const li = make('li'), a = make('a'), small = make('small');
    a.setAttribute('href', root + path + (id ? '#' + id : ''));
    marked(title || study, asked, a);
    marked((figure ? 'Figure \u00b7 ' : '') + (title ? study + ' \u00b7 ' : '') + day, asked, small);
    li.append(a, small, marked(excerpt(text, asked), asked, make('p')));
    return li;
  };

  const show = () => {
    const asked = [...new Set(words(input.value))], found = search(asked);
    list.replaceChildren(...found.slice(0, MOST).map(n => item(n, asked)));
    const studies = new Set(found.map(n => data.documents[n][0])).size;
    const s = (n, one, many) => n + ' ' + (n === 1 ? one : many);
    said.textContent = !asked.length ? '' : !found.length ? 'Nothing has all of these words.'
      : s(found.length, 'place', 'places') + ' in ' + s(studies, 'study', 'studies') + (found.length > MOST ? ', the first ' + MOST + ' shown' : '') + '.';
  };

  const save = () => { try { history.replaceState(null, '', input.value ? '#q=' + encodeURIComponent(input.value) : location.pathname); } catch (e) { /* on a disk */ } };
  const load = () => {
    const m = /^#q=(.*)$/.exec(location.hash);
    if (!m) return;
    try { input.value = decodeURIComponent(m[1]); } catch (e) { return; }
    show();
  };
  let wait = 0;
  input.addEventListener('input', () => { clearTimeout(wait); wait = setTimeout(() => { show(); save(); }, 120); });
  doc.addEventListener('keydown', e => {
    if (e.key !== '/' || e.ctrlKey || e.metaKey || e.altKey || e.target.closest('input')) return;
    e.preventDefault();
    input.focus();
    input.select();
  });
  addEventListener('hashchange', load);
  load();
})();
