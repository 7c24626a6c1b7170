// WebKitGTK, the nearest to Safari on Linux, by W3C WebDriver.
//
// Exports: `launch()`.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { find } from '../../e2e/support/browser.mjs';
import { freePort } from '../../e2e/support/relay.mjs';
import { display } from './display.mjs';
import { EnginePage, preload } from './engine-page.mjs';
import { PlainWindow } from './webkit-plain.mjs';

/** @import { Settings } from './index.mjs' */

/** The key of an element's reference in WebDriver's answers. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
/** How long the driver may take to answer, in milliseconds. */
const PATIENCE = 90_000;
/** How long a press may take to arrive, in milliseconds. */
const ARRIVAL = 5_000;
const KEYS = { Tab: '\uE004', Enter: '\uE007', Escape: '\uE00C', Shift: '\uE008', Space: ' ' };
const WINDOW = fileURLToPath(new URL('webkit-window.py', import.meta.url));

/** @param {Settings} settings */
export async function launch(settings = {}) {
  const { camera = 'own', permission = 'granted', look } = settings;
  const home = await mkdtemp(join(tmpdir(), 'akiba-selfie-webkit-'));
  const script = join(home, 'preload.js');
  await writeFile(script, await preload());
  const args = [`--script=${script}`, `--camera=${camera}`, `--permission=${permission}`];
  if (look) args.push(`--look=${look}`);
  const env = await environment(home);
  // An automated window grants every camera.
  const window = permission === 'granted' ? await Driver.start(env, args) : new PlainWindow(WINDOW, env, args);
  return {
    version: await gtkVersion(),
    /** It has one page for all scenarios. */
    open: async () => window,
    close: async () => {
      await window.quit();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Returns the environment of a WebKitGTK without a GPU: it draws on the CPU, and shares the pixels by memory. */
async function environment(home) {
  return {
    ...process.env,
    DISPLAY: await display(),
    HOME: home,
    XDG_RUNTIME_DIR: home,
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'share'),
    NO_AT_BRIDGE: '1',
    GTK_A11Y: 'none',
    LIBGL_ALWAYS_SOFTWARE: '1',
    // As on a person's machine, GStreamer knows its plugins. To find them again takes seconds before the first camera.
    ...(process.env.AKIBA_SELFIE_CACHE ? { GST_REGISTRY: join(process.env.AKIBA_SELFIE_CACHE, 'gstreamer.bin') } : {}),
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
    WEBKIT_DMABUF_RENDERER_FORCE_SHM: '1',
    WEBKIT_GST_DISABLE_GL_SINK: '1',
    WEBKIT_SKIA_ENABLE_CPU_RENDERING: '1',
  };
}

class Driver extends EnginePage {
  engine = 'webkit';
  /** @type {import('node:child_process').ChildProcess} */
  process;
  /** The URL of the session. */
  url = '';
  #resized = false;

  static async start(env, args) {
    const driver = new Driver();
    const port = await freePort();
    driver.process = spawn(find('WebKitWebDriver'), [`--port=${port}`], { env, stdio: 'ignore', detached: true });
    process.once('exit', () => driver.kill());
    driver.url = `http://127.0.0.1:${port}/session`;
    await reachable(`http://127.0.0.1:${port}/status`);
    const options = { binary: WINDOW, args };
    const made = await driver.#call('POST', '', {
      capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } },
    });
    driver.url += `/${made.sessionId}`;
    await driver.#call('POST', '/timeouts', { script: 60_000, pageLoad: 60_000, implicit: 0 });
    return driver;
  }

  async #call(method, path, body) {
    const headers = { 'Content-Type': 'application/json' };
    const signal = AbortSignal.timeout(PATIENCE);
    const answer = await fetch(this.url + path, { method, headers, signal, body: body && JSON.stringify(body) });
    const { value } = /** @type {any} */ (await answer.json());
    if (value?.error) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
    return value;
  }

  async goto(url) {
    await this.#call('POST', '/url', { url });
  }

  async evaluate(find, arg) {
    const script = `const done = arguments[1];
      Promise.resolve(arguments[0]).then(${find}).then(
        (value) => done({ value: JSON.stringify(value ?? null) }),
        (error) => done({ error: String(error) }));`;
    const answer = await this.#call('POST', '/execute/async', { script, args: [arg ?? null] });
    if (answer.error) throw new Error(answer.error);
    return JSON.parse(answer.value);
  }

  async #element(find, arg) {
    const script = `return (${find})(arguments[0]);`;
    const element = await this.#call('POST', '/execute/sync', { script, args: [arg ?? null] });
    if (!element) throw new Error(`nothing there: ${find} ${JSON.stringify(arg)}`);
    return `/element/${element[ELEMENT]}`;
  }

  /**
   * Clicks on the element. The driver looks where it is, and then presses there: on a busy machine the screen moves
   * meanwhile. So the page says whether the press has hit it.
   */
  async click(find, arg) {
    const element = await this.#element(`(argument) => probe.aim((${find})(argument))`, arg);
    await this.#call('POST', `${element}/click`, {});
    const [hit] = await this.until(() => probe.hit !== null && [probe.hit], null, ARRIVAL).catch(() => [false]);
    if (!hit) throw new Error(`nothing there when the press came: ${find} ${JSON.stringify(arg)}`);
  }

  async choose(path) {
    await this.#call('POST', `${await this.#element(() => probe.file(), null)}/value`, { text: path });
  }

  async key(name) {
    const value = KEYS[name] ?? name;
    const actions = ['keyDown', 'keyUp'].map((type) => ({ type, value }));
    await this.#call('POST', '/actions', { actions: [{ type: 'key', id: 'keys', actions }] });
  }

  async resize(width, height) {
    this.#resized = true;
    await this.#call('POST', '/window/rect', { width, height });
    await this.until((width) => innerWidth === width, width);
  }

  /** Only the page's view of it: this driver can't cut the connection. */
  async offline(offline) {
    await this.evaluate((offline) => {
      Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => !offline });
      dispatchEvent(new Event(offline ? 'offline' : 'online'));
    }, offline);
  }

  async screenshot(path) {
    await writeFile(path, Buffer.from(await this.#call('GET', '/screenshot'), 'base64'));
  }

  async history(steps) {
    await this.#call('POST', steps < 0 ? '/back' : '/forward', {});
    await pause(300);
  }

  async leaveFor(url) {
    await this.goto(url);
  }

  /** The window stays for the next scenario. */
  async close() {
    if (this.#resized) await this.resize(360, 740);
    this.#resized = false;
    await this.goto('about:blank');
  }

  async quit() {
    await this.#call('DELETE', '').catch(() => {});
    const ended = once(this.process, 'exit');
    this.kill();
    await ended;
  }

  kill() {
    try {
      // With everything that it has started.
      process.kill(-this.process.pid);
    } catch {
      // It has ended.
    }
  }
}

/** @type {Promise<string> | undefined} */
let version;

/** Returns the version of WebKitGTK. A page can't read it. */
function gtkVersion() {
  version ??= readVersion();
  return version;
}

async function readVersion() {
  const code = `import gi; gi.require_version('WebKit2', '4.1'); from gi.repository import WebKit2 as w
print(w.get_major_version(), w.get_minor_version(), w.get_micro_version(), sep='.')`;
  // All that it prints: the first piece may end within the version.
  const { stdout } = await promisify(execFile)('/usr/bin/python3', ['-c', code]);
  return stdout.trim();
}

async function reachable(url) {
  for (let left = 200; left > 0; left -= 1) {
    if (await fetch(url).catch(() => null)) return;
    await pause(50);
  }
  throw new Error(`${url} does not answer`);
}
