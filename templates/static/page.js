/* What every page has: the theme, menus, the list of contents. */
(() => {
  'use strict';
  const doc = document, root = doc.documentElement;
  const one = (sel, el = doc) => el.querySelector(sel), all = (sel, el = doc) => [...el.querySelectorAll(sel)];
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

  doc.addEventListener('DOMContentLoaded', () => {
    setTheme(theme);
    const b = one('[data-theme-toggle]');
    if (b) b.addEventListener('click', () => setTheme(themes[(themes.indexOf(theme) + 1) % 3]));

    const menus = e => all('.menu[open]').forEach(m => { m.open = m.contains(e.target) && !e.key; });
    const unfold = hash => { /* a table that is linked to is shown */
      const t = /^#[\w-]+-table$/.test(hash) && doc.getElementById(hash.slice(1));
      if (t) t.open = true;
    };
    doc.addEventListener('click', e => {
      const a = e.target.closest('a[href^="#"]');
      if (a) unfold(a.hash);
      menus(e);
    });
    doc.addEventListener('keydown', e => { if (e.key === 'Escape') menus(e); });
    unfold(location.hash);

    const links = all('.contents a'), toc = one('.contents details');
    if (toc && matchMedia('(max-width: 74.99rem)').matches) toc.open = false;
    const seen = new IntersectionObserver(es => es.filter(x => x.isIntersecting).forEach(x => links.forEach(l => {
      if (l.hash === '#' + x.target.id) l.setAttribute('aria-current', 'true'); else l.removeAttribute('aria-current');
    })), { rootMargin: '0px 0px -70% 0px' });
    links.forEach(l => { const x = doc.getElementById(l.hash.slice(1)); if (x) seen.observe(x); });
  });
})();
