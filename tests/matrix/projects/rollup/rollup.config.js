import { cp } from 'node:fs/promises';

import resolve from '@rollup/plugin-node-resolve';
import { importMetaAssets } from '@web/rollup-plugin-import-meta-assets';

export default {
  input: 'app.js',
  output: { dir: 'dist', format: 'es' },
  plugins: [resolve(), importMetaAssets(), { name: 'page', writeBundle: () => cp('index.html', 'dist/index.html') }],
};
