/* Written by scripts/catalogues.mjs: the catalogues in lang/phone/. */

/** The languages besides English. @type {Record<string, { dir: string, reviewed: boolean, load: () => Promise<{ default: string }> }>} */
// biome-ignore format: one language a line.
export const LANGUAGES = {
  af: { dir: 'ltr', reviewed: false, load: () => import('./lang/af.lang.js') },
  ak: { dir: 'ltr', reviewed: false, load: () => import('./lang/ak.lang.js') },
  am: { dir: 'ltr', reviewed: false, load: () => import('./lang/am.lang.js') },
  ar: { dir: 'rtl', reviewed: false, load: () => import('./lang/ar.lang.js') },
  fr: { dir: 'ltr', reviewed: false, load: () => import('./lang/fr.lang.js') },
  ha: { dir: 'ltr', reviewed: false, load: () => import('./lang/ha.lang.js') },
  ig: { dir: 'ltr', reviewed: false, load: () => import('./lang/ig.lang.js') },
  ln: { dir: 'ltr', reviewed: false, load: () => import('./lang/ln.lang.js') },
  nso: { dir: 'ltr', reviewed: false, load: () => import('./lang/nso.lang.js') },
  om: { dir: 'ltr', reviewed: false, load: () => import('./lang/om.lang.js') },
  pt: { dir: 'ltr', reviewed: false, load: () => import('./lang/pt.lang.js') },
  rw: { dir: 'ltr', reviewed: false, load: () => import('./lang/rw.lang.js') },
  sn: { dir: 'ltr', reviewed: false, load: () => import('./lang/sn.lang.js') },
  so: { dir: 'ltr', reviewed: false, load: () => import('./lang/so.lang.js') },
  st: { dir: 'ltr', reviewed: false, load: () => import('./lang/st.lang.js') },
  sw: { dir: 'ltr', reviewed: false, load: () => import('./lang/sw.lang.js') },
  tn: { dir: 'ltr', reviewed: false, load: () => import('./lang/tn.lang.js') },
  ts: { dir: 'ltr', reviewed: false, load: () => import('./lang/ts.lang.js') },
  wo: { dir: 'ltr', reviewed: false, load: () => import('./lang/wo.lang.js') },
  xh: { dir: 'ltr', reviewed: false, load: () => import('./lang/xh.lang.js') },
  yo: { dir: 'ltr', reviewed: false, load: () => import('./lang/yo.lang.js') },
  zu: { dir: 'ltr', reviewed: false, load: () => import('./lang/zu.lang.js') },
};
