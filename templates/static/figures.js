/* Figures that answer. Without this, every figure still reads, prints and links.
   Numbers come from the page's own tables; text goes in by textContent alone.
   An item is a token or a cell; its key names it in an address (generator/figures/base.py).
   Whatever an address says is compared with what is there; what is not there does nothing. */
(() => {
  'use strict';
  const doc = document;
  const one = (sel, el = doc) => el.querySelector(sel), all = (sel, el = doc) => [...el.querySelectorAll(sel)];
  const fix = (v, n = 3) => Number.isFinite(v) ? v.toFixed(n).replace('-', '\u2212') : '\u2013';
  const chance = p => p > 0 && p < 0.005 ? String(+p.toPrecision(1)) : fix(p, 2);
  const num = s => parseFloat(s.replace('\u2212', '-').replace('+', ''));
  const make = (tag, css, text = '') => { const x = doc.createElement(tag); x.className = css; x.textContent = text; return x; };
  const label = th => (one('bdi', th) || th.firstChild).textContent;
  const capital = s => s.charAt(0).toUpperCase() + s.slice(1);
  const SLOT = 'td:not(.pad-sum):not(.margin):not(.gap):not(.pad-gap)';
  const STOPS = '.canvas [tabindex]:not(.scroll, a)';
  const ITEM = '.token[data-key], li[data-key], .matrix tbody td:not(:empty):not(.margin)';
  const figs = new Map();

  /* ---- keys, and what is the same token elsewhere ---- */
  const slots = tr => [...tr.cells].filter(x => x.matches(SLOT));
  const row = td => td.parentElement.sectionRowIndex + 1;
  const key = i => {
    if (i.dataset.key) return i.dataset.key;
    const table = i.closest('table'), w = +table.dataset.window, t = row(i);
    if (i.matches('.pad-sum')) return t + '-p';
    const same = all('.matrix', i.closest('figure')), n = same.indexOf(table);
    return (n ? n + 1 + '.' : '') + t + '-' + (w ? w - slots(i.parentElement).indexOf(i) : i.cellIndex);
  };
  const spot = i => { /* the link of an item's text, and its place in it */
    const box = i.closest('[data-link]');
    if (!box) return null;
    const k = key(i).split('-').pop();
    if (!/^\d+$/.test(k)) return null;
    const d = box.dataset, at = !d.window ? +k : +d.start + (box.matches('.parts') ? 1 : row(i)) - k;
    return at < 1 || (d.words && at > +d.words) ? null : [d.link, at];
  };
  const held = (box, at) => { /* items of a container that hold the token at a place */
    const d = box.dataset;
    if (box.tagName !== 'TABLE') return all('.token[data-key]', box).filter(x => x.dataset.key.split('-').pop() === String(at));
    const rows = [...box.tBodies[0].rows], parts = box.matches('.parts');
    if (!d.window) return [...rows.map(r => r.cells[at]), box.tFoot.rows[0].cells[at]].filter(Boolean);
    const w = +d.window;
    const found = rows.map((r, n) => slots(r)[w - (+d.start + (parts ? 1 : n + 1) - at)]);
    const words = parts ? [] : all('.foot-word th.word:not(.pad-slot):not(.pad-sum)', box);
    return [...found, words[at - 1]].filter(Boolean);
  };
  const light = i => {
    all('.same-token').forEach(x => x.classList.remove('same-token'));
    const s = i && spot(i);
    if (s) all('[data-link]').filter(b => b.dataset.link === s[0]).forEach(b => held(b, s[1]).forEach(x => { if (x !== i) x.classList.add('same-token'); }));
  };

  class Figure {
    constructor(el) {
      Object.assign(this, { el, kind: el.dataset.figure, read: one('[data-read]', el), pin: null, controls: [] });
      this.hint = this.read ? this.read.textContent : '';
      this.heads = all('.data-table thead th', el).map(x => x.textContent);
      this.calls = all('.annotations li[data-for]', el);
      this.box = one('[data-strip]', el);
      this.range = one('input[type=range]', el);
      all('.wall a', el).forEach(a => { a.tabIndex = -1; }); /* arrows move among strips */
      this.settle();
      this.index();
      this.first = this.state();
      this.actions();
      const on = (type, fn) => el.addEventListener(type, fn, type === 'toggle');
      on('mouseover', e => { const i = this.item(e); if (i && !this.pin) this.show(i); });
      on('mouseleave', () => this.pin || this.clear());
      on('focusin', e => { const i = this.item(e); if (i) this.show(i); });
      on('focusout', () => this.pin || this.clear());
      on('click', e => this.click(e));
      on('keydown', e => this.key(e));
      on('change', e => { if (e.target.type === 'radio') { this.clear(); this.settled(); this.save(); } });
      on('toggle', e => { if (e.target.matches('.pads')) { this.index(); this.save(); } this.settled(); });
      this.settled();
    }

    item(e) { const i = e.target.closest(ITEM); return i && !i.closest('summary') && !i.closest('.data-table') ? i : null; }
    get items() { return this.list = this.list || all(ITEM, one('.canvas', this.el)).filter(x => x.checkVisibility() && !x.closest('summary')); }
    find(k) { return this.items.find(x => key(x) === k); }
    index() { /* one tab stop; items are listed when they are asked for */
      this.list = null;
      all(STOPS, this.el).forEach(x => x.removeAttribute('tabindex'));
      const there = x => x.checkVisibility() && !x.closest('summary');
      const stop = this.pin || one('.target', this.el) || all(ITEM, one('.canvas', this.el)).find(there);
      if (stop) this.stop(stop);
    }
    stop(i) {
      all(STOPS, this.el).forEach(x => x !== i && x.removeAttribute('tabindex'));
      i.tabIndex = 0;
      if (i.tagName === 'SPAN') { i.setAttribute('role', 'button'); i.setAttribute('aria-pressed', String(this.pin === i)); }
    }

    /* ---- what is said of an item ---- */
    get rows() { /* the numbers of the first table */
      const read = r => ({ word: r.cells[0].textContent, cells: [...r.cells].slice(1).map(c => num(c.textContent)) });
      return this.read_ = this.read_ || [...one('.data-table tbody', this.el).rows].map(read);
    }
    kin(i) { /* the words of one place, by row */
      const at = i.dataset.key.split('-').pop();
      const same = r => all('.token[data-key]', r).find(x => x.dataset.key.split('-').pop() === at && !x.closest('.pads[open] > :not(summary)'));
      return all('.answer', this.el).map(r => [r.getAttribute('aria-label'), same(r)]).filter(([, x]) => x);
    }
    name(i) { const b = one('bdi', i); return b ? b.title || b.textContent : i.firstChild.textContent; }
    word(i) { /* the token that a cell is about */
      const table = i.closest('table'), s = spot(i), foot = table.tFoot.rows;
      if (!table.matches('.slots')) return label(foot[0].cells[i.cellIndex]);
      return s ? label(all('.foot-word th.word:not(.pad-slot):not(.pad-sum)', table)[s[1] - 1]) : '';
    }
    say(i) {
      if (this.kind === 'agreement') return one('caption', i.closest('table')).textContent + ' of ' + label(one('th', i.parentElement)) + ' and ' + this.word(i) + ': ' + i.dataset.text;
      if (i.dataset.text) return i.dataset.text;
      if (this.kind === 'compare') return '\u2018' + this.name(i) + '\u2019: ' + this.kin(i).map(([r, x]) => r + ' ' + x.dataset.value).join('; ');
      if (i.dataset.value) return this.name(i) + ': ' + i.dataset.value;
      if (i.tagName === 'LI') return i.innerText.replace(/\s+/g, ' ');
      if (i.tagName !== 'TD') return i.firstChild.textContent + (i.matches('.later') ? ' is not written yet' : i.matches('.out') ? ' has left the window' : ' is being written');
      const head = one('th', i.parentElement), text = one('bdi', head), name = (text && text.title) || label(head);
      if (i.closest('.slots')) {
        const w = +i.closest('table').dataset.window, back = i.matches('.pad-sum') ? 0 : +key(i).split('-').pop(), word = this.word(i);
        const where = !back ? 'all padding' : (i.matches('.pad, .pad-slot') ? 'padding' : word ? '\u2018' + word + '\u2019' : 'the token') + ', ' + back + ' back';
        return 'Writing \u2018' + name + '\u2019: ' + fix(this.rows[row(i) - 1].cells[w - back], 4) + ' on ' + where;
      }
      return (this.kind === 'history' ? 'epoch ' + this.epochs[row(i) - 1] : name) + ', \u2018' + this.word(i) + '\u2019: ' + i.firstChild.textContent;
    }
    tell(text, live) { if (this.read) { this.read.textContent = text; this.read.classList.toggle('live', live); } }

    /* ---- the cursor ---- */
    unmark() { all('.active', this.el).forEach(x => x.classList.remove('active')); }
    show(i) {
      this.unmark();
      i.classList.add('active');
      if (this.kind === 'compare') this.kin(i).forEach(([, x]) => x.classList.add('active'));
      const k = key(i);
      this.calls.forEach(c => c.classList.toggle('active', c.dataset.for.split(' ').includes(k)));
      light(i);
      const on = this.pin === i && this.box && i.dataset.writes && +i.dataset.writes !== this.t;
      this.tell(this.say(i) + (on ? ' \u00b7 choose it once more for the step that writes it' : ''), true);
    }
    clear() {
      this.pin = null;
      this.unmark();
      const other = [...figs.values()].find(f => f.pin);
      light(other && other.pin);
      this.tell(this.hint, false);
      this.index();
    }
    click(e) {
      const b = e.target.closest('button'), i = this.item(e), panel = e.target.closest('[data-frame]');
      if (b && b.dataset.move) this.go(this.t + +b.dataset.move);
      else if (b && b.matches('[data-all]')) this.choose_('epoch', 'all');
      else if (b && b.matches('.reset')) { this.apply(this.first); this.save(); }
      else if (panel && this.range) this.choose_('epoch', this.epochs[+panel.dataset.frame]);
      else if (i) this.choose(i);
    }
    choose_(name, value) { this.controls.find(c => c.name === name).set(value); this.settled(); this.save(); }
    choose(i) { /* click, tap or Enter: keep; in a text, once more for the step that writes it */
      if (this.box && i.dataset.writes && this.pin === i) { this.go(+i.dataset.writes); return; }
      const a = this.kind === 'wall' && one('a', i);
      if (a) { location.hash = a.hash; this.stop(i); i.focus({ preventScroll: true }); return; } /* a strip is a link to itself */
      if (this.kind === 'history' && i.tagName === 'TD') this.frame(i.parentElement.sectionRowIndex);
      if (this.pin === i) this.clear(); else { this.hold(i); i.focus({ preventScroll: true }); }
      this.save();
    }
    hold(i) {
      this.pin = i;
      this.show(i);
      this.index();
    }

    key(e) {
      const i = e.target, k = e.key;
      if (k === 'Escape' && !e.target.closest('.menu[open]')) { this.clear(); if (this.el.contains(i) && i.matches(ITEM)) this.stop(i); this.save(); }
      if (!i.matches(ITEM) || e.altKey || e.metaKey) return;
      const items = this.items, n = items.indexOf(i), line = i.tagName === 'TD' && !e.ctrlKey ? items.filter(x => x.parentElement === i.parentElement) : items;
      let to, best = Infinity;
      if (k === 'Enter' || k === ' ') this.choose(i);
      else if (k === 'ArrowRight') to = items[n + 1];
      else if (k === 'ArrowLeft') to = items[n - 1];
      else if (k === 'Home') to = line[0];
      else if (k === 'End') to = line.at(-1);
      else if (this.kind === 'compare' && k.startsWith('Arrow')) {
        const kin = this.kin(i).map(([, x]) => x);
        to = kin[kin.indexOf(i) + (k === 'ArrowDown' ? 1 : -1)];
      } else if (k === 'ArrowDown' || k === 'ArrowUp') { /* nearest on the next line */
        const a = i.getBoundingClientRect();
        items.forEach(x => {
          const b = x.getBoundingClientRect(), dy = k === 'ArrowDown' ? b.top - a.bottom : a.top - b.bottom;
          const d = dy * 4 + Math.abs(b.left + b.width / 2 - a.left - a.width / 2);
          if (dy > -3 && d < best) { best = d; to = x; }
        });
      } else return;
      e.preventDefault();
      if (!to) return;
      const was = this.pin;
      this.pin = null;
      this.stop(to);
      to.focus();
      this.stop(to); /* what lost the focus has put the stop back */
      if (was) this.save();
    }

    /* ---- what a reader can choose: each with its name in an address ---- */
    settle() {
      const has = (name, get, set, reset = () => {}) => this.controls.push({ name, get, set, reset });
      const pick = (name, css, silent) => { /* radios; those of a layout out of sight keep what they have */
        const boxes = css.flatMap(c => all('.choices input.' + c, this.el)), init = boxes.filter(x => x.checked);
        const get = () => { const b = boxes.find(x => x.checked && x.checkVisibility()); return b && !(silent && init.includes(b)) ? b.value : ''; };
        if (boxes.length) has(name, get, v => boxes.filter(x => x.value === v).forEach(x => { x.checked = true; }), () => init.forEach(x => { x.checked = true; }));
        return boxes.length;
      };
      if (this.box) this.strip();
      if (this.box && this.t >= 0) has('step', () => String(this.t + 1), v => /^\d{1,6}$/.test(v) && this.steps >= +v && +v > 0 && this.go(+v - 1), (t => () => this.go(t))(this.t));
      if (this.range) this.slider();
      if (this.range) has('epoch', () => this.epoch, v => this.frame(this.epochs.indexOf(v), v), (e => () => this.frame(this.epochs.indexOf(e), e))(this.epoch));
      if (one('[data-layers]', this.el)) {
        this.layers = all('[data-layers] input', this.el);
        pick('layer', ['layer']);
      }
      pick('view', ['view-distance', 'view-word', 'view-fit', 'view-matrix', 'view-arcs']);
      const fold = () => one('.tokens .pads', this.el), bend = v => { const d = fold(); if (d) d.open = v === 'each'; };
      if (!pick('pads', ['distance-each', 'distance-sum', 'word-each', 'word-sum', 'part-each', 'part-sum'], true) && this.box)
        has('pads', () => { const d = fold(); return d && d.open ? 'each' : ''; }, bend, () => bend('sum'));
    }
    settled() { /* after any choice */
      if (this.layers) this.layer();
      this.align();
      this.sync();
    }
    state() {
      const s = this.controls.map(c => [c.name, c.get()]).filter(p => p[1]);
      if (this.pin) s.push(['pin', key(this.pin)]);
      return s.map(p => p.join('=')).join('&');
    }
    apply(text) {
      const s = new URLSearchParams(text), k = s.get('pin') || s.get('k') || '';
      this.busy = true;
      this.clear();
      this.controls.forEach(c => { c.reset(); if (s.get(c.name)) c.set(s.get(c.name)); });
      this.clear();
      this.settled();
      const i = /^[\w.-]{1,24}$/.test(k) && this.find(k);
      if (i) { this.hold(i); i.scrollIntoView({ block: 'nearest', inline: 'nearest' }); }
      this.busy = false;
      this.sync();
    }
    get moved() { return this.state() !== this.first; }
    get address() { return '#' + this.el.id + (this.moved ? '?' + this.state() : ''); }
    save() { this.sync(); if (!this.busy) history.replaceState({ figs: snapshot() }, '', this.address); }

    /* ---- the row of actions: a link to what is shown, and the way back ---- */
    actions() {
      const a = one('.actions .permalink', this.el);
      if (!a) return;
      this.link = a;
      this.undo = make('button', 'reset', 'Reset');
      this.undo.type = 'button';
      this.undo.hidden = true;
      a.after(this.undo);
      a.setAttribute('aria-live', 'polite');
      a.addEventListener('click', e => {
        if (!navigator.clipboard) return;
        e.preventDefault();
        const said = text => { a.textContent = text; setTimeout(() => { a.textContent = 'Link'; }, 2500); };
        navigator.clipboard.writeText(new URL(this.address, location.href).href).then(() => said('Link copied'), () => { location.hash = this.address; });
      });
    }
    sync() { if (this.link) { this.link.setAttribute('href', this.address); this.undo.hidden = !this.moved; } }

    /* ---- a text: any step of it ---- */
    strip() {
      const d = this.box.dataset;
      Object.assign(this, { words: JSON.parse(d.words), t: +d.step, steps: +d.steps, window: +d.window, start: +d.start, outline: new Set(JSON.parse(d.outline)) });
      this.numbers();
    }
    numbers() { /* which step a chip would be */
      if (this.t >= 0) all('.tokens > .token[data-key]', this.box).forEach(x => { const t = +x.dataset.key - 1 - this.start; if (t >= 0 && t < this.steps) x.dataset.writes = t; });
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
    chip(k, text, css, note, said) {
      const t = make('span', 'token ' + css + (this.outline.has(text) ? ' key' : ''));
      t.dataset.key = k;
      if (said) t.dataset.text = said;
      t.append(make('bdi', '', text), make('small', '', note));
      const notes = this.calls.filter(c => c.dataset.for.split(' ').includes(String(k)));
      const shown = notes.filter(c => c.dataset.at.split(' ').includes(String(k)));
      if (notes.length) { t.classList.add('annotated'); t.setAttribute('aria-describedby', notes.map(c => c.id).join(' ')); }
      if (shown.length) t.append(make('sup', 'numeral', shown.map(c => c.dataset.number).join(' ')));
      return t;
    }
    go(t) {
      if (!(this.t >= 0)) return;
      this.t = t = Math.max(0, Math.min(this.steps - 1, t));
      const r = this.rows[t], w = this.window, here = this.start + t, box = one('.tokens', this.box);
      const had = box.contains(doc.activeElement), open = !!one('.pads[open]', box), out = [];
      const slot = (s, k, text) => this.chip(k, text, this.shade(r.cells[s]), this.small(r.cells[s]), text + ': ' + fix(r.cells[s]) + ', ' + (w - s) + ' back');
      for (let p = Math.max(0, here - w - 80); p < here - w; p++) out.push(this.chip(p + 1, this.words[p], 'out', '\u00a0'));
      const pads = Math.max(0, w - here);
      if (pads) {
        const d = make('details', 'pads'), sum = doc.createElement('summary');
        d.open = open;
        sum.append(this.chip('p', '<pad> \u00d7' + pads, this.shade(r.cells[w]), this.small(r.cells[w]), 'all padding: ' + fix(r.cells[w])));
        d.append(sum);
        for (let s = 0; s < pads; s++) d.append(slot(s, 'p' + (w - s), '<pad>'));
        out.push(d);
      }
      for (let s = pads; s < w; s++) out.push(slot(s, here - w + s + 1, this.words[here - w + s]));
      out.push(this.chip(here + 1, this.words[here], 'target', 'written', this.words[here] + ': being written'));
      for (let p = here + 1; p < Math.min(this.words.length, here + 81); p++) out.push(this.chip(p + 1, this.words[p], 'later', '\u00a0'));
      box.replaceChildren(...out);
      this.numbers();
      this.counted(r, t, pads, here);
      this.clear();
      if (had) one('.target', box).focus();
      this.settled();
      this.save();
    }
    counted(r, t, pads, here) { /* the sentence and the numbers of a step */
      const w = this.window, put = (i, text) => { const dd = all('.numbers dd', this.el)[i]; if (dd) dd.textContent = text; };
      const more = all('.numbers dd', this.el).length > 3;
      put(0, fix(r.cells[w], 2)); put(1, fix(r.cells[w + 1], 2)); put(more ? 3 : 2, chance(r.cells[w + 2]));
      if (more) put(2, fix(Math.abs(r.cells.slice(0, w).reduce((h, v) => v > 0 ? h - v * Math.log2(v) : h, 0)), 2));
      const opts = one('.options', this.el);
      if (opts) opts.hidden = t !== +this.box.dataset.step;
      const sizes = r.cells.slice(0, w).map(Math.abs), m = sizes.indexOf(Math.max(...sizes));
      const sum = one('.summary', this.el);
      if (!sum.dataset.own) sum.textContent = 'While writing \u2018' + r.word + '\u2019, step ' + (t + 1) + ' of ' + this.steps + ', the largest ' + this.el.dataset.quantity + ', ' + fix(r.cells[m]) + ', is on \u2018' + (m < pads ? '<pad>' : this.words[here - w + m]) + '\u2019 ' + (w - m) + ' back; padding holds ' + fix(r.cells[w]) + ' and the token just before ' + fix(r.cells[w + 1]) + '.';
      one('[data-position=step]', this.el).textContent = 'step ' + (t + 1) + ' of ' + this.steps;
      all('[data-move]', this.el).forEach(b => { b.disabled = t === (b.dataset.move < 0 ? 0 : this.steps - 1); });
    }

    /* ---- epochs: a history's text, or one strip of several ---- */
    slider() {
      const d = this.range.dataset, frames = one('[data-frames]', this.el);
      this.epochs = d.epochs.split(' ');
      this.frames = frames && JSON.parse(frames.dataset.frames);
      this.names = d.names ? JSON.parse(d.names) : this.epochs.map(e => 'epoch ' + e);
      this.epoch = this.frames ? this.epochs[+this.range.value] : 'all';
      this.range.addEventListener('input', () => this.frame(+this.range.value));
    }
    frame(k, name) {
      if (!(k >= 0) && (this.frames || name !== 'all')) return;
      this.epoch = k < 0 ? 'all' : this.epochs[k];
      const said = k < 0 ? this.range.dataset.every || 'all epochs' : this.names[k];
      if (this.frames) this.history(k);
      else {
        all('.epochs > li', this.el).forEach((x, n) => { x.hidden = k >= 0 && n !== k; });
        all('.multiple', this.el).forEach((x, n) => x.classList.toggle('current', n === k));
        const b = one('[data-all]', this.el);
        if (b) b.disabled = k < 0;
      }
      one('output', this.el).textContent = said;
      this.range.value = k < 0 ? this.epochs.length - 1 : k;
      this.range.setAttribute('aria-valuetext', said);
      this.clear();
      this.settled();
      this.save();
    }
    history(k) { /* every chip's class, number and words, as the server told them */
      const [line, ...chips] = this.frames[k];
      all('.single .token, .single tbody td', this.el).forEach((t, n) => {
        const [css, number, ...said] = chips[n].split('|'), cell = t.tagName === 'TD', s = cell ? t.firstChild : one('small', t), noted = t.matches('.annotated');
        t.className = (cell ? '' : 'token ') + css + (noted ? ' annotated' : '');
        if (!cell) t.dataset.value = said.join('|');
        if (s) s.textContent = number || '\u00a0';
      });
      one('.single .label b', this.el).textContent = capital(this.names[k]);
      one('.single .label span', this.el).textContent = line;
      all('.history tbody tr, .history-strips li, .frames li', this.el).forEach((x, n) => x.classList.toggle('current', n === k));
    }

    /* ---- one part alone: its row, and the same numbers as text ---- */
    layer() {
      const v = this.layers.findIndex(x => x.checked), table = one('.parts', this.el), rows = [...table.tBodies[0].rows];
      if (v === this.layer_) return;
      this.layer_ = v;
      rows.forEach((r, n) => { r.hidden = v > 0 && n > 0 && n !== v; });
      if (this.alone) this.alone.remove();
      this.alone = null;
      this.index();
      if (v < 1) return;
      const r = rows[v], foot = table.tFoot.rows[0].cells, text = make('div', 'tokens'), lab = make('p', 'label');
      if (table.dataset.link) text.dataset.link = table.dataset.link;
      [...r.cells].forEach(c => {
        if (c.tagName === 'TH' || c.matches('.margin, .pad-slot') || (c.matches('.pad') && !c.matches('.pad-sum'))) return;
        const s = !c.matches('.pad-sum') && spot(c), t = make('span', 'token ' + [...c.classList].filter(x => /^(d\d+|key)$/.test(x)).join(' '));
        const name = label(foot[c.cellIndex]);
        t.dataset.key = 's-' + (s ? s[1] : 'p');
        t.dataset.text = name + ', ' + label(one('th', r)) + ': ' + c.firstChild.textContent;
        t.append(make('bdi', '', name), make('small', '', c.firstChild.textContent));
        text.append(t);
      });
      lab.append(make('b', '', capital(label(one('th', r)))), ' alone');
      this.alone = make('div', 'single');
      this.alone.append(lab, text);
      one('[data-layers]', this.el).closest('.controls').after(this.alone);
    }

    /* ---- annotations in the margin stand at the height of their items ---- */
    align() {
      if (!this.calls.length) return;
      const list = one('.annotations', this.el), canvas = one('.canvas', this.el), here = this.el.getBoundingClientRect();
      if (this.leads) this.leads.remove();
      this.leads = null;
      this.calls.forEach(c => { c.style.marginTop = c.style.order = ''; });
      const edge = canvas.getBoundingClientRect().right, side = list.getBoundingClientRect().left;
      if (side < edge) return;
      const svg = doc.createElementNS('http://www.w3.org/2000/svg', 'svg');
      svg.setAttribute('class', 'leaders');
      svg.setAttribute('aria-hidden', 'true');
      const high = i => i ? i.getBoundingClientRect().top : Infinity;
      const placed = this.calls.map(c => [c, this.anchor(c)]).sort((a, b) => high(a[1]) - high(b[1]) || 0);
      placed.forEach(([c], n) => { c.style.order = n; });
      placed.forEach(([c, i], n) => {
        if (!i) return;
        const a = i.getBoundingClientRect(), box = c.getBoundingClientRect(), chip = i.matches('.token');
        const gap = (chip ? a.top : a.top + a.height / 2 - 9) - box.top;
        if (gap > 0) c.style.marginTop = gap + 'px';
        const to = c.getBoundingClientRect(), y = chip ? a.bottom + 4 + n % 3 * 2 : a.top + a.height / 2;
        const from = chip ? a.left + a.width / 2 : (i.closest('table') || i).getBoundingClientRect().right + 4;
        const x = v => (v - here.left).toFixed(1), h = v => (v - here.top).toFixed(1);
        const p = doc.createElementNS('http://www.w3.org/2000/svg', 'path');
        p.setAttribute('d', 'M' + x(from) + ' ' + h(y) + 'H' + x(edge + 6) + 'L' + x(side - 14) + ' ' + h(to.top + 9) + 'H' + x(side - 5));
        svg.append(p);
      });
      this.el.append(svg);
      this.leads = svg;
    }
    anchor(c) { /* the item that a note stands at, where it is in view */
      const keys = c.dataset.at.split(' '), head = all('.matrix tbody th', this.el);
      const item = this.items.find(x => keys.includes(key(x)));
      return item || head[parseInt(keys.find(k => /^\d+-$/.test(k)), 10) - 1];
    }
  }

  /* ---- addresses: #fig-name?view=word&pin=14-9 ---- */
  const snapshot = () => {
    const s = {};
    figs.forEach((f, id) => { if (f.moved) s[id] = f.state(); });
    return s;
  };
  const restore = s => figs.forEach((f, id) => {
    const want = typeof s[id] === 'string' ? s[id] : f.first;
    if (f.state() !== want) f.apply(want);
  });
  const parse = hash => {
    const [id, ...rest] = hash.slice(1).split('?');
    return [figs.get(id), rest.length ? rest.join('?') : null];
  };
  const open = hash => {
    const [f, state] = parse(hash);
    if (!f || state === null) return false;
    f.apply(state);
    f.el.scrollIntoView();
    return true;
  };

  doc.addEventListener('DOMContentLoaded', () => {
    all('figure[data-figure]').forEach(el => figs.set(el.id, new Figure(el)));
    open(location.hash);
    history.replaceState({ figs: snapshot() }, '');
    addEventListener('popstate', e => { /* Back undoes a link in the text */
      if (e.state && e.state.figs) restore(e.state.figs);
      else if (open(location.hash)) history.replaceState({ figs: snapshot() }, '');
    });
    doc.addEventListener('click', e => {
      const a = e.target.closest('a[data-go]'), hash = a && '#' + a.dataset.go;
      if (!a || e.ctrlKey || e.metaKey || e.shiftKey || !parse(hash)[0]) return;
      e.preventDefault();
      history.replaceState({ figs: snapshot() }, '');
      open(hash);
      history.pushState({ figs: snapshot() }, '', hash);
    });
    let wait = 0;
    addEventListener('resize', () => { cancelAnimationFrame(wait); wait = requestAnimationFrame(() => figs.forEach(f => f.align())); });
  });
})();
