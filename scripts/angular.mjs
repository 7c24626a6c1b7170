// Compiles www/angular.ts for every version of Angular (partial compilation), into www/angular.mjs and www/angular.d.ts. Both
// are committed, so that only a change of that file needs Angular's compiler.
//
//   node scripts/angular.mjs FOLDER --write    FOLDER has node_modules with Angular, as examples/angular after «npm install»
//   node scripts/angular.mjs FOLDER            fails if the two files are not its result

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const www = fileURLToPath(new URL('../www/', import.meta.url));
const [, , given, flag] = process.argv;
if (!given) throw new Error('usage: node scripts/angular.mjs FOLDER [--write]');
const folder = resolve(given);
// Inside, so that the compiler finds Angular.
const work = join(folder, 'akiba-selfie-angular');

const options = {
  compilerOptions: {
    ...{ target: 'ES2022', module: 'ES2022', moduleResolution: 'bundler', lib: ['ES2022', 'DOM', 'DOM.Iterable'] },
    ...{ strict: true, declaration: true, useDefineForClassFields: false, outDir: 'out', skipLibCheck: true },
    types: [],
  },
  angularCompilerOptions: { compilationMode: 'partial', strictTemplates: true },
  files: ['angular.ts'],
};

rmSync(work, { recursive: true, force: true });
mkdirSync(join(work, 'types'), { recursive: true });
for (const name of ['angular.ts', 'index.d.ts', 'types/props.d.ts']) cpSync(join(www, name), join(work, name));
writeFileSync(join(work, 'tsconfig.json'), JSON.stringify(options));
execFileSync(join(folder, 'node_modules/.bin/ngc'), ['-p', work], { stdio: 'inherit' });

for (const [from, to] of [
  ['angular.js', 'angular.mjs'],
  ['angular.d.ts', 'angular.d.ts'],
]) {
  const text = readFileSync(join(work, 'out', from), 'utf8');
  if (flag === '--write') writeFileSync(join(www, to), text);
  else if (readFileSync(join(www, to), 'utf8') !== text) {
    console.error(`angular: www/${to} is not what www/angular.ts compiles to: run this with --write`);
    process.exitCode = 1;
  }
}
rmSync(work, { recursive: true });
