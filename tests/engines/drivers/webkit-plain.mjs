// A WebKitGTK window without automation, which can refuse the camera or leave the question open. Taps are scripted.
//
// Exports: `PlainWindow`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

import { EnginePage } from './engine-page.mjs';

export class PlainWindow extends EnginePage {
  engine = 'webkit';
  #process;
  #lines;

  /**
   * @param {string} program
   * @param {NodeJS.ProcessEnv} env
   * @param {string[]} args
   */
  constructor(program, env, args) {
    super();
    this.#process = spawn(program, ['--plain', ...args], { env, stdio: ['pipe', 'pipe', 'ignore'] });
    this.#lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  async #order(order) {
    this.#process.stdin.write(`${JSON.stringify(order)}\n`);
    const { value: line } = await this.#lines.next();
    const { value, error } = JSON.parse(line);
    if (error) throw new Error(error);
    return value;
  }

  async goto(url) {
    await this.#order({ url });
  }

  evaluate(find, argument) {
    return this.#order({ run: String(find), argument: argument ?? null });
  }

  async click(find, arg) {
    await this.evaluate(`(argument) => { (${find})(argument).click(); }`, arg);
  }

  async choose(path) {
    const bytes = (await readFile(path)).toString('base64');
    const code = `(base64) => {
      const file = new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], 'photo.jpg', { type: 'image/jpeg' });
      const transfer = new DataTransfer();
      transfer.items.add(file);
      const input = probe.file();
      input.files = transfer.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    }`;
    await this.evaluate(code, bytes);
  }

  async quit() {
    const ended = once(this.#process, 'exit');
    this.#process.stdin.end();
    await ended;
  }
}
