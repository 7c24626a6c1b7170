/* The look of src/ui/style.css, in few bytes. */

const DARK = `
  --a: var(--selfie-accent, #4cd9bb); --o: var(--selfie-on-accent, #000); --s: var(--selfie-surface, #14191d);
  --n: var(--selfie-tint, #20282d); --t: var(--selfie-text, #eff4f3); --m: var(--selfie-muted, #a9b7b3);
  --b: var(--selfie-border, #303a40); --d: var(--selfie-danger, #ffa977); --k: var(--selfie-success, #4cd9bb);
  --least: .7; --most: 1;`;

export const STYLE = `:host { display: block; color-scheme: light dark; }
:host([hidden]) { display: none; }
:host([theme=light]) { color-scheme: light; }
:host([theme=dark]) { color-scheme: dark; }
.plain {
  --a: var(--selfie-accent, #0a6b5c); --o: var(--selfie-on-accent, #fff); --s: var(--selfie-surface, #fff);
  --n: var(--selfie-tint, #eef4f2); --t: var(--selfie-text, #12201d); --m: var(--selfie-muted, #51605c);
  --b: var(--selfie-border, #dbe3e0); --d: var(--selfie-danger, #a8400b); --k: var(--selfie-success, #0a6b5c);
  --r: var(--selfie-button-radius, 14px); --i: var(--selfie-icon, var(--t)); --least: 0; --most: .55;
  max-width: var(--selfie-max-width, 28rem); margin: auto; color: var(--t);
  font: max(16px, var(--selfie-font-size, 1rem))/1.5 var(--selfie-font, system-ui, sans-serif);
}
@media (prefers-color-scheme: dark) { :host(:not([theme=light])) .plain {${DARK} } }
:host([theme=dark]) .plain {${DARK} }
@supports (color: lab(from red l 0 0)) {
  .plain { --o: var(--selfie-on-accent, lab(from color(from var(--a) xyz y y y) calc((49.44 - l) * 999) 0 0)) !important; }
  .plain { --i: var(--selfie-icon, oklch(from var(--a) clamp(var(--least), l, var(--most)) c h)); }
}
.plain * { box-sizing: border-box; margin: 0; }
.card {
  display: grid; gap: 16px; padding: clamp(16px, 6vw, 24px); border: 1px solid var(--b); overflow-wrap: anywhere;
  border-radius: var(--selfie-radius, 24px); background: var(--s);
  box-shadow: var(--selfie-shadow, 0 1px 2px #0a1f1a0d, 0 12px 32px -12px #0a1f1a26);
}
h2 { font-size: 1.5em; line-height: 1.2; font-weight: 650; outline: none; }
.text, dd, .small, li { color: var(--m); }
dl, ul, ol { display: grid; gap: 12px; padding: 0; list-style: none; }
ul li { padding-inline-start: 20px; border-inline-start: 4px solid var(--i); }
dt { font-weight: 600; }
.note, pre { padding: 12px 14px; border-radius: var(--r); background: var(--n); white-space: pre-wrap; font: inherit; }
.small { font-size: .875em; text-align: center; }
.actions { display: grid; gap: 10px; margin-top: 8px; }
.button {
  display: block; width: 100%; min-height: 52px; padding: 13px 20px; border: 1px solid transparent; border-radius: var(--r);
  background: none; color: var(--m); font: inherit; font-weight: 600; line-height: 1.5; text-align: center; cursor: pointer;
}
.primary { background: var(--a); color: var(--o); }
.secondary { background: var(--n); color: var(--t); border-color: var(--b); }
.file { position: relative; display: block; }
.file input { position: absolute; inset: 0; width: 100%; height: 100%; opacity: 0; cursor: pointer; font-size: 0; }
:is(button:focus-visible, input:focus-visible + span) { outline: 3px solid var(--selfie-focus, var(--i)); outline-offset: 2px; }
slot { pointer-events: none; }
.card img { display: block; max-width: 100%; max-height: 46vh; margin: auto; border-radius: var(--selfie-picture-radius, 18px); }
.badge { font-size: 3em; line-height: 1; color: var(--d); }
.verified .badge { color: var(--k); }
.card.submitting img { width: 104px; height: 132px; object-fit: cover; border-radius: 50%; }
ol li::before { content: '○'; display: inline-block; width: 28px; }
ol .now { color: var(--t); font-weight: 600; }
ol .now::before { content: '●'; color: var(--i); }
ol .done::before { content: '✓'; color: var(--k); }
progress { width: 100%; accent-color: var(--i); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.akiba-full { padding: 0; border: 0; max-width: none; width: 100%; background: none; }`;
