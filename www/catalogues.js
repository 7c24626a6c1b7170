/* Written by scripts/catalogues.mjs: the catalogues in lang/. */

/** The languages besides English. @type {Record<string, { name: string, reviewed: boolean, load: () => Promise<{ default: string }> }>} */
// biome-ignore format: one language a line.
export const LANGUAGES = {
  af: { name: 'Afrikaans', reviewed: false, load: () => import('./lang/af.lang.js') },
  ak: { name: 'Akan (Twi)', reviewed: false, load: () => import('./lang/ak.lang.js') },
  am: { name: 'አማርኛ', reviewed: false, load: () => import('./lang/am.lang.js') },
  ar: { name: 'العربية', reviewed: false, load: () => import('./lang/ar.lang.js') },
  fr: { name: 'Français', reviewed: false, load: () => import('./lang/fr.lang.js') },
  ha: { name: 'Hausa', reviewed: false, load: () => import('./lang/ha.lang.js') },
  ig: { name: 'Asụsụ Igbo', reviewed: false, load: () => import('./lang/ig.lang.js') },
  ln: { name: 'Lingála', reviewed: false, load: () => import('./lang/ln.lang.js') },
  nso: { name: 'Sepedi', reviewed: false, load: () => import('./lang/nso.lang.js') },
  om: { name: 'Afaan Oromoo', reviewed: false, load: () => import('./lang/om.lang.js') },
  pt: { name: 'Português', reviewed: false, load: () => import('./lang/pt.lang.js') },
  rw: { name: 'Ikinyarwanda', reviewed: false, load: () => import('./lang/rw.lang.js') },
  sn: { name: 'chiShona', reviewed: false, load: () => import('./lang/sn.lang.js') },
  so: { name: 'Soomaali', reviewed: false, load: () => import('./lang/so.lang.js') },
  st: { name: 'Sesotho', reviewed: false, load: () => import('./lang/st.lang.js') },
  sw: { name: 'Kiswahili', reviewed: false, load: () => import('./lang/sw.lang.js') },
  tn: { name: 'Setswana', reviewed: false, load: () => import('./lang/tn.lang.js') },
  ts: { name: 'Xitsonga', reviewed: false, load: () => import('./lang/ts.lang.js') },
  wo: { name: 'Wolof', reviewed: false, load: () => import('./lang/wo.lang.js') },
  xh: { name: 'isiXhosa', reviewed: false, load: () => import('./lang/xh.lang.js') },
  yo: { name: 'Èdè Yorùbá', reviewed: false, load: () => import('./lang/yo.lang.js') },
  zu: { name: 'isiZulu', reviewed: false, load: () => import('./lang/zu.lang.js') },
};
