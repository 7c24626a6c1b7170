// Makes the playground in build/playground, from static files: a web server of any kind serves it, below any path. Its
// languages are the widget's.
//
//   node scripts/playground.mjs [FOLDER]        needs build/package; scripts/build.sh runs it

import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const at = (/** @type {string} */ path) => fileURLToPath(new URL(path, root));

const made = process.argv[2] ?? at('build/playground');

/** What a page loads of the package. */
const PACKAGE = readdirSync(at('build/package')).filter((name) =>
  /\.(css|js|tokens\.json)$|^(lang|pkg|themes|vision)$/.test(name),
);
/** What it shares with the demo page. */
const DEMO = ['brands.js', 'dom.js', 'log.js', 'demo.css', 'panels.css', 'icon.svg'];
/** The sample face; tests/fixtures/face/README.md names its source and licence. */
const FACE = 'tests/fixtures/face/jemison.jpg';

/** Returns the tags of the widget's languages, English first: the package has a file for each other one. */
function languages() {
  const folder = at('build/package/lang');
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return ['en', ...files.map((name) => name.split('.')[0]).sort()];
}

rmSync(made, { recursive: true, force: true });
mkdirSync(made, { recursive: true });
cpSync(at('playground'), `${made}/playground`, { recursive: true });
renameSync(`${made}/playground/index.html`, `${made}/index.html`);
rmSync(`${made}/playground/README.md`);
cpSync(at(FACE), `${made}/playground/face.jpg`);
writeFileSync(`${made}/playground/languages.json`, JSON.stringify(languages()));
for (const name of DEMO) cpSync(at(`demo/${name}`), `${made}/demo/${name}`);
for (const name of PACKAGE) cpSync(at(`build/package/${name}`), `${made}/akiba-selfie/${name}`, { recursive: true });
