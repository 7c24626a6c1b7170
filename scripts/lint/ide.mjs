// Writes what editors read about the element from its manifest: VS Code's custom data and JetBrains' web types, in www.
//
//   node scripts/lint/ide.mjs            fails if a file differs
//   node scripts/lint/ide.mjs --write    writes the files

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { validateCem } from '@wc-toolkit/cem-validator';
import { generateJetBrainsWebTypes } from 'custom-element-jet-brains-integration';
import { generateVsCodeCustomElementData } from 'custom-element-vs-code-integration';

const FILES = ['vscode.html-custom-data.json', 'vscode.css-custom-data.json', 'web-types.json'];

const www = fileURLToPath(new URL('../../www/', import.meta.url));
const manifest = JSON.parse(readFileSync(join(www, 'custom-elements.json'), 'utf8'));
const { name, version } = JSON.parse(readFileSync(join(www, 'package.json'), 'utf8'));

// The types are in index.d.ts, and tests/www/manifest.test.mjs compares them.
validateCem(manifest, { packageJsonPath: join(www, 'package.json'), rules: { manifest: { exportTypes: 'off' } } });

const folder = mkdtempSync(join(tmpdir(), 'akiba-selfie-'));
// The custom properties have entries of their own.
const options = { outdir: folder, hideCssPropertiesDocs: true, hideLogs: true };
generateVsCodeCustomElementData(manifest, options);
generateJetBrainsWebTypes(manifest, { ...options, packageJson: false });

for (const file of FILES) {
  const data = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  if (file === 'web-types.json') Object.assign(data, { name, version });
  const text = `${JSON.stringify(data, null, 1)}\n`;
  if (process.argv.includes('--write')) writeFileSync(join(www, file), text);
  else if (text !== readFileSync(join(www, file), 'utf8')) {
    console.error(`ide: www/${file} is not what the manifest makes; run «node scripts/lint/ide.mjs --write»`);
    process.exitCode = 1;
  }
}
rmSync(folder, { recursive: true });
