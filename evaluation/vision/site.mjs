// Serves a page with the module, the other detectors, and a portrait.
//
// Exports: `open()`.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';

import { launch } from '../../tests/e2e/support/browser.mjs';

const ROOT = new URL('../../', import.meta.url);
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};
const ROUTES = {
  '/npm/': 'evaluation/vision/node_modules/',
  '/page/': 'evaluation/vision/page/',
  '/module.wasm': 'www/vision/akiba-vision.wasm',
  '/model.tflite': 'build/vision/face_detection_short_range.tflite',
  '/portrait.jpg': 'tests/fixtures/face/collins.jpg',
};

/**
 * Opens the page in headless Chromium.
 * @returns {Promise<{page: import('playwright-core').Page, close(): Promise<void>}>}
 */
export async function open() {
  const server = createServer(async (request, response) => {
    // A cross-origin isolated page has a clock of 5 µs instead of 100 µs.
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    const path = new URL(request.url, 'http://localhost').pathname;
    const route = Object.keys(ROUTES).find((prefix) => path.startsWith(prefix));
    try {
      const body = await readFile(new URL(ROUTES[route] + path.slice(route.length), ROOT));
      response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((ready) => {
    server.listen(0, '127.0.0.1', () => ready(undefined));
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const browser = await launch();
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error.message));
  await page.goto(`http://127.0.0.1:${port}/page/index.html`);
  await page.waitForFunction(() => globalThis.peers);
  return {
    page,
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}
