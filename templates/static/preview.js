/* In a preview alone: reloads what changed, swaps styles in place, shows what is wrong.
   Text goes in by textContent; the stream is closed while the page is hidden. */
(() => {
  'use strict';
  const doc = document, own = doc.currentScript.dataset;
  const key = 'preview:' + location.pathname;
  const one = sel => doc.querySelector(sel);
  const make = (tag, name, text) => {
    const el = doc.createElement(tag);
    if (name) el.className = name;
    if (text !== undefined) el.textContent = text;
    return el;
  };
  const keep = (name, value) => { try { sessionStorage.setItem(name, value); } catch (e) { /* storage off */ } };
  const kept = name => { try { return sessionStorage.getItem(name); } catch (e) { return null; } };

  /* what a reader opened, named by the nearest id and a number within it */
  const opened = () => {
    const seen = {}, found = [];
    for (const d of doc.querySelectorAll('main details')) {
      const home = (d.closest('[id]') || doc.body).id, n = seen[home] = (seen[home] || 0) + 1;
      found.push([home + '/' + n, d]);
    }
    return found;
  };
  const save = () => keep(key, JSON.stringify({
    x: scrollX, y: scrollY, open: opened().filter(([, d]) => d.open).map(([name]) => name)
  }));
  const restore = () => {
    let was;
    try { was = JSON.parse(kept(key)); } catch (e) { return; }
    if (!was) return;
    try { sessionStorage.removeItem(key); } catch (e) { /* storage off */ }
    for (const [name, d] of opened()) d.open = was.open.includes(name);
    const back = () => scrollTo({ left: was.x, top: was.y, behavior: 'instant' });
    history.scrollRestoration = 'manual';
    back();
    addEventListener('load', () => requestAnimationFrame(() => { back(); history.scrollRestoration = 'auto'; }));
  };

  /* what is wrong, over the last good page */
  const problem = p => {
    const box = make('section', 'preview-problem');
    if (p.place) box.append(make('p', 'preview-place', p.place));
    box.append(make('p', 'preview-text', p.text));
    if (p.lines.length) {
      const pre = make('pre'), wide = String(p.lines.at(-1)[0]).length;
      for (const [n, text] of p.lines) {
        const here = n === p.line;
        pre.append(make('span', here ? 'preview-line' : '', String(n).padStart(wide) + ' \u2502 ' + text + '\n'));
        if (here && p.column) pre.append(make('span', 'preview-line preview-caret', ' '.repeat(wide + 3 + p.column - 1) + '^\n'));
      }
      box.append(pre);
    }
    if (p.fix) box.append(make('p', 'preview-place', 'fix: ' + p.fix));
    return box;
  };
  const overlay = problems => {
    const old = one('.preview-problems');
    if (old) old.remove();
    if (!problems.length) return;
    const over = make('div', 'preview-problems'), close = make('button', '', 'Hide');
    over.setAttribute('role', 'alert');
    close.type = 'button';
    close.addEventListener('click', () => over.remove());
    const head = make('header');
    head.append(make('h2', '', problems.length === 1 ? 'One problem' : problems.length + ' problems'), close);
    over.append(head, make('p', 'preview-note', 'The page below is the last that could be drawn. Mend this and save.'));
    problems.forEach(p => over.append(problem(p)));
    doc.body.append(over);
    for (const caret of over.querySelectorAll('.preview-caret')) {
      const pre = caret.parentElement, x = caret.getBoundingClientRect().width;
      if (x > pre.clientWidth) pre.scrollLeft = x - pre.clientWidth / 2;
    }
  };
  const panel = warnings => {
    const old = one('.preview-warnings'), was = old ? old.open : false;
    if (old) old.remove();
    if (!warnings.length) return;
    const box = make('details', 'preview-warnings'), list = make('ul');
    box.open = was;
    box.append(make('summary', '', warnings.length === 1 ? '1 warning' : warnings.length + ' warnings'), list);
    for (const w of warnings) {
      const li = make('li');
      if (w.place) li.append(make('b', '', w.place), ' ');
      li.append(w.text);
      list.append(li);
    }
    doc.body.append(box);
  };

  const restyle = path => {
    const old = one('link[rel=stylesheet]:not([href*="_preview/"])');
    if (!old || new URL(path, location).href === old.href) return;
    const next = old.cloneNode();
    next.href = path;
    next.addEventListener('load', () => old.remove());
    old.after(next);
  };

  const hear = told => {
    overlay(told.problems);
    if (told.problems.length) return;
    if (told.seen !== own.seen) { save(); location.reload(); return; }
    restyle(told.style);
    panel(told.warnings);
  };
  let stream = null;
  const listen = () => {
    if (doc.hidden === !stream) return;
    if (doc.hidden) { stream.close(); stream = null; return; }
    stream = new EventSource(own.events + '?page=' + encodeURIComponent(own.page));
    stream.onmessage = e => hear(JSON.parse(e.data));
  };
  doc.addEventListener('visibilitychange', listen);
  addEventListener('pagehide', () => { if (stream) { stream.close(); stream = null; } });
  addEventListener('pageshow', listen);
  restore();
  listen();
})();
