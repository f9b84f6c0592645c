/* Enhances static figures; without it every page still reads, prints and links.
   Numbers come from the table behind a figure. Text goes in by textContent alone. */
(() => {
  'use strict';
  const doc = document, root = doc.documentElement;
  const one = (sel, el = doc) => el.querySelector(sel), all = (sel, el = doc) => [...el.querySelectorAll(sel)];
  const fix = (v, n = 3) => Number.isFinite(v) ? v.toFixed(n).replace('-', '\u2212') : '\u2013';
  const chance = p => p > 0 && p < 0.005 ? String(+p.toPrecision(1)) : fix(p, 2);
  const num = s => parseFloat(s.replace('\u2212', '-').replace('+', ''));
  root.classList.add('js');

  /* theme, stored under this site's own path */
  const src = (doc.currentScript || {}).src || '';
  const store = 'theme:' + src.replace(/[^/]*\/[^/]*$/, '');
  const themes = ['auto', 'light', 'dark'];
  let theme = 'auto';
  try { theme = localStorage.getItem(store) || 'auto'; } catch (e) { /* storage off */ }
  const setTheme = v => {
    theme = themes.includes(v) ? v : 'auto';
    if (theme === 'auto') root.removeAttribute('data-theme'); else root.dataset.theme = theme;
    try { localStorage.setItem(store, theme); } catch (e) { /* storage off */ }
    const b = one('[data-theme-toggle]');
    if (b) b.textContent = 'Theme: ' + theme;
  };
  setTheme(theme);

  class Figure {
    constructor(el) {
      Object.assign(this, { el, kind: el.dataset.fig, read: one('[data-read]', el), pin: null });
      this.hint = this.read.textContent;
      const body = one('.tbl tbody', el);
      this.heads = all('.tbl thead th', el).map(x => x.textContent);
      this.rows = this.kind === 'text' || this.kind === 'matrix' ? [...body.rows].map(r => ({ word: r.cells[0].textContent, cells: [...r.cells].slice(1).map(c => num(c.textContent)) })) : [];
      this.box = one('[data-strip]', el);
      this.range = one('input[type=range]', el);
      if (this.range) this.slider();
      if (this.box) this.strip();
      if (one('.by-dist .wide', el)) { const r = one('.scroll', el); r.scrollLeft = r.scrollWidth; } /* newest slots first */
      this.index();
      this.first = this.state();
      const on = (type, fn) => el.addEventListener(type, fn, type === 'toggle');
      on('mouseover', e => { const i = this.item(e); if (i && !this.pin) this.show(i); });
      on('mouseleave', () => this.pin || this.clear());
      on('focusin', e => { const i = this.item(e); if (i) this.show(i); });
      on('focusout', () => this.pin || this.clear());
      on('click', e => {
        const b = e.target.closest('[data-move]'), i = this.item(e);
        if (b) this.go(this.t + +b.dataset.move);
        else if (i && !e.target.closest('summary')) this.choose(i);
      });
      on('keydown', e => this.key(e));
      on('change', e => { if (e.target.type === 'radio') { this.clear(); this.save(); } });
      on('toggle', () => this.index());
    }

    item(e) { return e.target.closest('.t, .mx tbody td:not(:empty):not(.rs)'); }

    index() { /* items in view; one tab stop */
      this.items = all('.t, .mx tbody td:not(:empty):not(.rs)', this.el).filter(x => x.checkVisibility() && !x.closest('summary'));
      this.items.forEach(x => { x.tabIndex = -1; });
      const stop = this.pin || one('.target', this.el) || this.items[0];
      if (stop) stop.tabIndex = 0;
    }

    /* a matrix cell's row of the table, and its column there */
    place(td) {
      const tr = td.parentElement, t = tr.sectionRowIndex, w = this.heads.length - 4;
      if (!td.closest('.by-word')) return [t, td.cellIndex - 1];
      const pads = all('.pw', tr).length, sum = one('.ps', tr) ? 1 : 0, c = td.cellIndex - 1;
      if (td.matches('.ps')) return [t, w];
      const last = [...tr.cells].filter(x => !x.matches('.rs, .ps') && x.textContent).at(-1).cellIndex - 1;
      const flat = x => x < pads ? x : x - sum;
      return [t, w - 1 - (flat(last) - flat(c))];
    }

    key2(i) { return i.tagName === 'TD' && this.kind === 'matrix' ? this.place(i).join('-') : ''; }

    /* rows of a comparison: the words of one place, by row */
    kin(i) {
      const of = row => all('.toks .t', row).filter(x => !x.closest('.pads[open] :not(summary)')), rows = all('.answer', this.el);
      const at = of(i.closest('.answer')).indexOf(i);
      return rows.map(row => [row.getAttribute('aria-label'), of(row)[at]]).filter(([, x]) => x && this.name(x) === this.name(i));
    }
    name(i) { const b = one('bdi', i); return b.title || b.textContent; }

    say(i) {
      if (i.dataset.s) return i.dataset.s;
      if (this.kind === 'compare') return '\u2018' + this.name(i) + '\u2019: ' + this.kin(i).map(([row, x]) => row + ' ' + x.dataset.v).join('; ');
      if (i.dataset.v) return this.name(i) + ': ' + i.dataset.v;
      if (i.tagName !== 'TD') return i.firstChild.textContent + (i.matches('.later') ? ' is not written yet' : i.matches('.out') ? ' has left the window' : ' is being written');
      const head = i.parentElement.cells[0].textContent;
      if (this.kind === 'matrix') {
        const [t, s] = this.place(i), w = this.heads.length - 4;
        const where = s === w ? 'all padding' : (i.matches('.pd') ? 'padding' : this.column(i)) + ', ' + (w - s) + ' back';
        return 'Writing \u2018' + head + '\u2019: ' + fix(this.rows[t].cells[s], 4) + ' on ' + where;
      }
      return head + ', ' + this.column(i) + ': ' + i.textContent;
    }

    column(i) {
      const foot = i.closest('table').tFoot.rows[0].cells[i.cellIndex], label = foot ? foot.textContent : '';
      return i.closest('.by-dist') ? 'the token' : '\u2018' + label + '\u2019';
    }

    tell(text, live) { this.read.textContent = text; this.read.classList.toggle('live', live); }
    unmark() { all('.on', this.el).forEach(x => x.classList.remove('on')); }
    show(i) {
      this.unmark();
      i.classList.add('on');
      if (this.kind === 'compare') this.kin(i).forEach(([, x]) => x.classList.add('on'));
      const k = this.key2(i);
      if (k) { const twin = this.items.find(x => x !== i && this.key2(x) === k); if (twin) twin.classList.add('on'); }
      this.tell(this.say(i), true);
    }
    clear() { this.pin = null; this.unmark(); this.tell(this.hint, false); this.index(); }

    choose(i) { /* click or Enter: in a text, make it the token being written; else pin */
      if (this.box && i.dataset.t) { this.go(+i.dataset.t); return; }
      if (this.range && i.tagName === 'TD') this.frame(i.parentElement.sectionRowIndex);
      if (this.pin === i) this.clear(); else { this.show(i); this.pin = i; this.index(); }
      this.save();
    }

    key(e) {
      const i = e.target, n = this.items.indexOf(i), k = e.key;
      if (k === 'Escape') { this.clear(); this.save(); }
      if (n < 0) return;
      let to, best = Infinity;
      if (k === 'Enter' || k === ' ') this.choose(i);
      else if (k === 'ArrowRight') to = this.items[n + 1];
      else if (k === 'ArrowLeft') to = this.items[n - 1];
      else if (k === 'Home') to = this.items[0];
      else if (k === 'End') to = this.items.at(-1);
      else if (this.kind === 'compare' && k.startsWith('Arrow')) {
        const kin = this.kin(i).map(([, x]) => x);
        to = kin[kin.indexOf(i) + (k === 'ArrowDown' ? 1 : -1)];
      } else if (k === 'ArrowDown' || k === 'ArrowUp') { /* nearest on the next line */
        const a = i.getBoundingClientRect();
        this.items.forEach(x => {
          const b = x.getBoundingClientRect(), dy = k === 'ArrowDown' ? b.top - a.bottom : a.top - b.bottom;
          const d = dy * 4 + Math.abs(b.left + b.width / 2 - a.left - a.width / 2);
          if (dy > -3 && d < best) { best = d; to = x; }
        });
      } else return;
      e.preventDefault();
      if (to) { this.pin = null; i.tabIndex = -1; to.tabIndex = 0; to.focus(); }
    }

    /* the strip of a text figure, any step of it */
    strip() {
      const d = this.box.dataset;
      Object.assign(this, { words: JSON.parse(d.words), t: +d.step, steps: +d.steps, window: +d.window, start: +d.start, outline: new Set(JSON.parse(d.outline)) });
      if (this.t >= 0) this.number();
    }
    number() { /* which step a chip would be */
      const chips = all('.toks > .t', this.box), at = chips.findIndex(x => x.matches('.target'));
      chips.forEach((x, n) => { const t = this.t + n - at; if (t >= 0 && t < this.steps) x.dataset.t = t; });
    }
    shade(v) {
      const d = this.el.dataset, share = d.flat || !Number.isFinite(v) ? 0 : Math.max(-1, Math.min(1, v / +d.bound));
      const near = x => Math.sign(x) * Math.floor(Math.abs(x) + 0.5);
      return d.signed ? 'd' + (16 + near(share * 16)) : 's' + near(Math.max(0, share) * 32);
    }
    small(v) {
      if (!Number.isFinite(v)) return '\u2013';
      const a = Math.abs(v), s = a < 10 ? a.toFixed(2) : a.toFixed(0);
      if (!parseFloat(s)) return '0';
      return (v < 0 ? '\u2212' : this.el.dataset.signed ? '+' : '') + s.replace(/^0/, '');
    }
    chip(text, cls, note, said) {
      const t = doc.createElement('span'), b = doc.createElement('bdi'), s = doc.createElement('small');
      t.className = 't ' + cls + (this.outline.has(text) ? ' key' : '');
      b.textContent = text; s.textContent = note;
      if (said) t.dataset.s = said;
      t.append(b, s);
      return t;
    }
    go(t) {
      if (this.t < 0) return;
      this.t = t = Math.max(0, Math.min(this.steps - 1, t));
      const r = this.rows[t], w = this.window, here = this.start + t, box = one('.toks', this.box);
      const had = box.contains(doc.activeElement), open = !!one('.pads[open]', box), out = [];
      const slot = (s, text) => this.chip(text, this.shade(r.cells[s]), this.small(r.cells[s]), text + ': ' + fix(r.cells[s]) + ', ' + (w - s) + ' back');
      for (let p = Math.max(0, here - w - 80); p < here - w; p++) out.push(this.chip(this.words[p], 'out', '\u00a0'));
      const pads = Math.max(0, w - here);
      if (pads) {
        const d = doc.createElement('details'), sum = doc.createElement('summary');
        d.className = 'pads'; d.open = open;
        sum.append(this.chip('<pad> \u00d7' + pads, this.shade(r.cells[w]), this.small(r.cells[w]), 'all padding: ' + fix(r.cells[w])));
        d.append(sum);
        for (let s = 0; s < pads; s++) d.append(slot(s, '<pad>'));
        out.push(d);
      }
      for (let s = pads; s < w; s++) out.push(slot(s, this.words[here - w + s]));
      out.push(this.chip(this.words[here], 'target', 'written', this.words[here] + ': being written'));
      for (let p = here + 1; p < Math.min(this.words.length, here + 81); p++) out.push(this.chip(this.words[p], 'later', '\u00a0'));
      box.replaceChildren(...out);
      this.number();
      const put = (i, text) => { const dd = all('.nums dd', this.el)[i]; if (dd) dd.textContent = text; };
      const more = all('.nums dd', this.el).length > 3;
      put(0, fix(r.cells[w], 2)); put(1, fix(r.cells[w + 1], 2)); put(more ? 3 : 2, chance(r.cells[w + 2]));
      if (more) put(2, fix(Math.abs(r.cells.slice(0, w).reduce((h, v) => v > 0 ? h - v * Math.log2(v) : h, 0)), 2));
      const opts = one('.opts', this.el);
      if (opts) opts.hidden = t !== +this.box.dataset.step;
      const sizes = r.cells.slice(0, w).map(Math.abs), m = sizes.indexOf(Math.max(...sizes));
      one('.sum', this.el).textContent = 'While writing \u2018' + r.word + '\u2019, step ' + (t + 1) + ' of ' + this.steps + ', the largest ' + this.el.dataset.quantity + ', ' + fix(r.cells[m]) + ', is on \u2018' + (m < pads ? '<pad>' : this.words[here - w + m]) + '\u2019 ' + (w - m) + ' back; padding holds ' + fix(r.cells[w]) + ' and the token just before ' + fix(r.cells[w + 1]) + '.';
      one('[data-o=step]', this.el).textContent = 'step ' + (t + 1) + ' of ' + this.steps;
      all('[data-move]', this.el).forEach(b => { b.disabled = t === (b.dataset.move < 0 ? 0 : this.steps - 1); });
      this.clear();
      if (had) one('.target', box).focus();
      this.save();
    }

    /* the epochs of a history: every chip's class, number and words, as the server told them */
    slider() {
      this.frames = JSON.parse(one('[data-frames]', this.el).dataset.frames);
      this.names = JSON.parse(this.range.dataset.names);
      this.range.addEventListener('input', () => this.frame(+this.range.value));
    }
    epoch(k) { return (this.names[k].match(/\d+/) || [k])[0]; }
    frame(k) {
      const [line, ...chips] = this.frames[k], name = this.names[k], out = one('output', this.el);
      all('.one .t', this.el).forEach((t, n) => {
        const [css, number, ...said] = chips[n].split('|'), s = one('small', t);
        t.className = 't ' + css;
        t.dataset.v = said.join('|');
        if (s) s.textContent = number || '\u00a0';
      });
      one('.one .lab b', this.el).textContent = name[0].toUpperCase() + name.slice(1);
      one('.one .lab span', this.el).textContent = line;
      out.textContent = name;
      all('.hist tbody tr, .hs li', this.el).forEach((x, n) => x.classList.toggle('here', n === k));
      this.range.value = k;
      this.range.setAttribute('aria-valuetext', name);
      this.clear();
      this.save();
    }

    /* #fig-name?step=14  #fig-name?view=word  #fig-name?epoch=3 */
    state() {
      const r = one('.seg input:checked', this.el), s = [];
      if (this.box && this.t >= 0) s.push('step=' + (this.t + 1));
      else if (this.range) s.push('epoch=' + this.epoch(+this.range.value));
      else if (r) s.push('view=' + r.value);
      return s.join('&');
    }
    save() { const s = this.state(); if (!this.busy && s) history.replaceState(null, '', '#' + this.el.id + '?' + s); }
    apply(text) {
      const s = new URLSearchParams(text), v = (s.get('view') || '').replace(/[^a-z]/g, ''), r = v && one('input[value="' + v + '"]', this.el);
      this.busy = true;
      if (r) r.checked = true;
      this.clear();
      if (s.get('step') && this.box) this.go(+s.get('step') - 1);
      const k = this.range ? this.names.findIndex((_, n) => this.epoch(n) === s.get('epoch')) : -1;
      if (k >= 0) this.frame(k);
      this.busy = false;
    }
  }

  doc.addEventListener('DOMContentLoaded', () => {
    const figs = Object.create(null);
    setTheme(theme);
    one('[data-theme-toggle]').addEventListener('click', () => setTheme(themes[(themes.indexOf(theme) + 1) % 3]));
    all('figure[data-fig]').forEach(el => { if (one('[data-read]', el)) figs[el.id] = new Figure(el); });

    let last = null; /* Back undoes a link in the text */
    const go = () => {
      const [id, state] = decodeURIComponent(location.hash.slice(1)).split('?');
      if (state === undefined) { if (last) last.apply(last.first); last = null; return; }
      if (!figs[id]) return;
      last = figs[id]; last.apply(state); last.el.scrollIntoView();
    };
    addEventListener('hashchange', go);
    go();

    const menus = e => all('.menu[open]').forEach(m => { m.open = m.contains(e.target) && !e.key; });
    doc.addEventListener('click', e => {
      const a = e.target.closest('a[data-go],a[href^="#"][href$="-table"]');
      if (a && a.dataset.go) { e.preventDefault(); location.hash = a.dataset.go; }
      else if (a) { const t = doc.getElementById(a.hash.slice(1)); if (t) t.open = true; }
      menus(e);
    });
    doc.addEventListener('keydown', e => { if (e.key === 'Escape') menus(e); });

    const links = all('.toc a'), toc = one('.toc details');
    if (toc && matchMedia('(max-width: 74.99rem)').matches) toc.open = false;
    const seen = new IntersectionObserver(es => es.filter(x => x.isIntersecting).forEach(x => links.forEach(l => {
      if (l.hash === '#' + x.target.id) l.setAttribute('aria-current', 'true'); else l.removeAttribute('aria-current');
    })), { rootMargin: '0px 0px -70% 0px' });
    links.forEach(l => { const x = doc.getElementById(l.hash.slice(1)); if (x) seen.observe(x); });
  });
})();
