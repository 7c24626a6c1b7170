// Stands between the relays and the vendor, is never killed, and keeps the ledger of the vendor's calls.
//
// Exports: `VendorDoor`.

import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** @import { Dice } from '../support/random.mjs' */

/**
 * A call for a verdict.
 * @typedef {object} VendorCall
 * @property {string} key the photo: the object's key in the storage
 * @property {number} at when it came, in milliseconds since 1970
 * @property {'asked' | 'refused' | 'failed' | 'judged'} end `asked` if the vendor ended before it answered. It may bill
 *   every call that it did not refuse
 * @property {'verified' | 'rejected'} [outcome] by the rule of docs/relay/reference.md, if it was judged
 * @property {boolean} [cut] whether the answer was lost on its way to the relay
 */

export class VendorDoor {
  /** @type {VendorCall[]} */
  calls = [];
  links = 0;
  #dice;
  #target;
  #server = createServer((asked, answer) => void this.#pass(asked, answer));
  #port = 0;
  stormy = true;

  /** @param {string} target the vendor's address @param {Dice} dice */
  constructor(target, dice) {
    this.#target = new URL(target);
    this.#dice = dice;
  }

  get address() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Lets calls through. While it is closed, there is no connection to the vendor. */
  async open() {
    if (this.#server.listening) return;
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = /** @type {import('node:net').AddressInfo} */ (this.#server.address()).port;
  }

  async close() {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** @param {import('node:http').IncomingMessage} asked @param {import('node:http').ServerResponse} answer */
  async #pass(asked, answer) {
    try {
      const chunks = [];
      for await (const chunk of asked) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      const isVerify = asked.url.endsWith('/verify');
      if (this.stormy && this.#dice.oneIn(60)) {
        answer.writeHead(503, { 'Retry-After': '1' }).end();
        return;
      }
      /** @type {VendorCall | undefined} */
      let call;
      if (isVerify) {
        call = { key: JSON.parse(body.toString()).s3_key, at: Date.now(), end: 'asked' };
        this.calls.push(call);
      } else this.links += 1;
      const reply = await this.#forward(asked, body);
      if (call) judge(call, reply);
      if (this.stormy && this.#dice.oneIn(20)) await pause(this.#dice.below(4_000));
      if (this.stormy && this.#dice.oneIn(40)) {
        if (call) call.cut = true;
        answer.destroy();
        return;
      }
      answer.writeHead(reply.status, { 'Content-Type': reply.type }).end(reply.body);
    } catch {
      // The vendor or the relay has ended.
      answer.destroy();
    }
  }

  /** @returns {Promise<{ status: number, type: string, body: string }>} */
  async #forward(asked, body) {
    const { hostname, port } = this.#target;
    const { method, url: path } = asked;
    const headers = { ...asked.headers, 'content-length': String(body.length) };
    const onward = request({ hostname, port, method, path, headers, agent: false });
    onward.end(body);
    const [reply] = await once(onward, 'response');
    let text = '';
    for await (const chunk of reply.setEncoding('utf8')) text += chunk;
    return { status: reply.statusCode, type: reply.headers['content-type'] ?? '', body: text };
  }
}

/** Notes in a call how the vendor answered it. */
function judge(call, { status, body }) {
  if (status >= 400) {
    call.end = status < 500 && status !== 408 ? 'refused' : 'failed';
    return;
  }
  const { status: word, data } = JSON.parse(body);
  const fraud = String(data?.identity?.fraud_detected).trim().toLowerCase();
  call.end = 'judged';
  call.outcome = word === 'success' && ['low', 'medium'].includes(fraud) ? 'verified' : 'rejected';
}
