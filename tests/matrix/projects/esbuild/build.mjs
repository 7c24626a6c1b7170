import { cp } from 'node:fs/promises';

import metaUrl from '@chialab/esbuild-plugin-meta-url';
import { build } from 'esbuild';

await build({
  entryPoints: ['app.js'],
  bundle: true,
  format: 'esm',
  outdir: 'dist',
  loader: { '.wasm': 'file' },
  plugins: [metaUrl()],
});
await cp('index.html', 'dist/index.html');
