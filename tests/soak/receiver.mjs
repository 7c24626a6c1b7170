// The back end's receiver of webhooks. It checks each signature, and fails sometimes.
//
// Exports: `Receiver`.

import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

/** @import { Dice } from '../support/random.mjs' */

/** How long it takes too long, in milliseconds. */
const TOO_LONG = 3_000;

/**
 * A webhook, whose deliveries have one id.
 * @typedef {object} Webhook
 * @property {string} id
 * @property {string} session
 * @property {string} type
 * @property {boolean} [final]
 * @property {string} [outcome]
 * @property {string[]} proofs one of each delivery
 * @property {number} deliveries
 * @property {number | null} taken its place among the webhooks that were answered with 200, when it was for the first time
 */

export class Receiver {
  /** @type {Map<string, Webhook>} */
  webhooks = new Map();
  /** What is wrong with them. @type {string[]} */
  wrong = [];
  deliveries = 0;
  stormy = true;
  #taken = 0;
  #key;
  #dice;
  #failed = new Set();
  #server = createServer((asked, answer) => void this.#take(asked, answer));
  /** @type {(webhook: Webhook) => void} */
  onTaken = () => {};

  /** @param {string} secret @param {Dice} dice */
  constructor(secret, dice) {
    this.#key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    this.#dice = dice;
  }

  async open() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (this.#server.address()).port}/hooks`;
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** @param {import('node:http').IncomingMessage} asked @param {import('node:http').ServerResponse} answer */
  async #take(asked, answer) {
    let text = '';
    try {
      for await (const chunk of asked.setEncoding('utf8')) text += chunk;
    } catch {
      // The relay was killed while it sent.
      return;
    }
    const id = String(asked.headers['webhook-id']);
    const webhook = this.#note(
      id,
      String(asked.headers['webhook-timestamp']),
      text,
      asked.headers['webhook-signature'],
    );
    // Once for each webhook, as the pauses grow.
    if (this.stormy && !this.#failed.has(id) && this.#dice.oneIn(12)) {
      this.#failed.add(id);
      const kind = this.#dice.below(3);
      if (kind === 0) answer.writeHead(500).end();
      else if (kind === 1) answer.destroy();
      else setTimeout(() => answer.destroy(), TOO_LONG);
      return;
    }
    answer.writeHead(200).end();
    if (webhook.taken !== null) return;
    webhook.taken = this.#taken;
    this.#taken += 1;
    this.onTaken(webhook);
  }

  #note(id, timestamp, text, signature) {
    this.deliveries += 1;
    const expected = `v1,${createHmac('sha256', this.#key).update(`${id}.${timestamp}.${text}`).digest('base64')}`;
    if (!String(signature).split(' ').includes(expected)) this.wrong.push(`${id}: its signature is wrong`);
    const { type, data } = JSON.parse(text);
    const known = this.webhooks.get(id);
    const webhook = known ?? {
      id,
      session: data.session_id,
      type,
      final: data.final,
      outcome: data.outcome,
      proofs: [],
      deliveries: 0,
      taken: null,
    };
    if (known && (known.session !== data.session_id || known.type !== type)) this.wrong.push(`${id} names two events`);
    this.webhooks.set(id, webhook);
    webhook.deliveries += 1;
    if (data.proof) webhook.proofs.push(data.proof);
    return webhook;
  }
}
