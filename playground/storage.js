/* The storage: signs links, and takes photos as S3 does, by a presigned PUT or by the form of a POST policy. */

import { answer, pause, world } from './world.js';

/** No such host exists (RFC 2606), so a request that is not answered here reaches nobody. */
const ORIGIN = 'https://storage.playground.invalid';
/** How long a link lives, in seconds. */
const LIFE = 300;
/** Bytes a second: a usual phone network, a bad one, and one for a look at the progress. */
const SPEEDS = { none: 400_000, offline: 400_000, broken: 400_000, cut: 60_000, slow: 12_000 };
/** The time between two reports of the bytes sent, in seconds. */
const STEP = 0.1;
/** Which share of the photo is sent when a connection is cut. */
const CUT_AT = 0.6;

class Storage {
  /** @type {Set<string>} */
  #objects = new Set();
  /** Whether an upload was cut, which happens once for a link. @type {Set<string>} */
  cut = new Set();

  /** Returns what the vendor returns with a new link. @param {'put' | 'post'} how */
  sign(how) {
    const key = `selfies/${crypto.randomUUID()}.jpg`;
    const named = { identifier: 'playground', s3_key: key, selfie_filename: 'selfie.jpg' };
    const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const signed = { 'X-Amz-Algorithm': 'AWS4-HMAC-SHA256', 'X-Amz-Credential': 'playground', 'X-Amz-Date': date };
    if (how === 'put') {
      const query = { ...signed, 'X-Amz-Expires': String(LIFE), 'X-Amz-SignedHeaders': 'host', 'X-Amz-Signature': '0' };
      return { ...named, signed_link: `${ORIGIN}/${key}?${new URLSearchParams(query)}` };
    }
    const expiration = new Date(Date.now() + 1000 * LIFE).toISOString();
    const policy = btoa(
      JSON.stringify({ expiration, conditions: [{ key }, ['starts-with', '$Content-Type', 'image/']] }),
    );
    return { ...named, signed_link: `${ORIGIN}/`, fields: { key, policy, ...signed, 'X-Amz-Signature': '0' } };
  }

  /** @param {string} url */
  isHere(url) {
    return url.startsWith(`${ORIGIN}/`);
  }

  /**
   * Takes a photo. Returns the code of S3's error, if it is not one.
   * @param {string} url
   * @param {Blob | FormData} body
   */
  async take(url, body) {
    const file = body instanceof FormData ? body.get('file') : body;
    const key = body instanceof FormData ? body.get('key') : new URL(url).pathname.slice(1);
    if (!(file instanceof Blob) || !file.size) return 'MissingContentLength';
    const begin = new Uint8Array(await file.slice(0, 2).arrayBuffer());
    if (begin[0] !== 0xff || begin[1] !== 0xd8) return 'InvalidRequest';
    this.#objects.add(String(key));
    return undefined;
  }

  /** @param {string} key */
  holds(key) {
    return this.#objects.has(key);
  }
}

export const storage = new Storage();

/** A request that the storage answers. The browser itself sends all others. */
export class StorageRequest extends XMLHttpRequest {
  #url = '';
  #status = 0;
  #text = '';
  #over = new AbortController();

  get status() {
    return this.#url ? this.#status : super.status;
  }

  get response() {
    return this.#url ? this.#text : super.response;
  }

  get responseText() {
    return this.#url ? this.#text : super.responseText;
  }

  /** @param {string} method @param {string | URL} url */
  open(method, url) {
    this.#url = storage.isHere(String(url)) ? String(url) : '';
    super.open(method, url, true);
  }

  /** @param {any} body */
  send(body) {
    if (!this.#url) super.send(body);
    // Whatever goes wrong, a request ends with an event.
    else this.#exchange(body).catch(() => this.#end('error'));
  }

  abort() {
    this.#over.abort();
    if (!this.#url) super.abort();
  }

  /** @param {Blob | FormData} body */
  async #exchange(body) {
    const { signal } = this.#over;
    const how = answer('store');
    const total = await size(body);
    if (world.network === 'offline' || (how.cut && !how.after)) {
      await pause(STEP, signal);
      return this.#end('error');
    }
    const cut = how.cut || (world.network === 'cut' && !storage.cut.has(this.#url));
    for (let sent = 0; sent < total; ) {
      await pause(how.silent ? 1e6 : STEP, signal);
      sent = Math.min(total, sent + SPEEDS[world.network] * STEP);
      this.upload.dispatchEvent(new ProgressEvent('progress', { lengthComputable: true, loaded: sent, total }));
      if (cut && sent > CUT_AT * total) {
        storage.cut.add(this.#url);
        return this.#end('error');
      }
    }
    await pause(how.after ?? STEP, signal);
    const code = how.code ?? (await storage.take(this.#url, body));
    this.#status = how.status ?? (code ? 400 : 200);
    if (code) this.#text = `<Error><Code>${code}</Code><Message>${how.text ?? ''}</Message></Error>`;
    this.#end('load');
  }

  /** @param {'load' | 'error'} name */
  #end(name) {
    if (this.#over.signal.aborted) return;
    for (const type of [name, 'loadend']) this.dispatchEvent(new ProgressEvent(type));
  }
}

/** Returns the number of bytes that a browser sends. @param {Blob | FormData} body */
const size = async (body) => (body instanceof Blob ? body.size : (await new Response(body).blob()).size);
