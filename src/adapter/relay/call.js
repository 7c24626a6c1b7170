/* One request to the relay over `fetch`, and the page's session for it. What an answer means is decided in Rust. */

/**
 * Calls the page's function for a session. A promise or any other thenable is awaited. Rejected with the function's error,
 * and with nothing if it takes too long.
 * @param {(why: { reason: string }) => unknown} session
 * @param {string} reason
 * @param {number} limit in milliseconds
 */
export async function token(session, reason, limit) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(reject, limit);
  });
  try {
    return await Promise.race([session({ reason }), late]);
  } finally {
    clearTimeout(timer);
  }
}

export class Call {
  #stop = new AbortController();

  abort() {
    this.#stop.abort();
  }

  /**
   * Sends JSON: without cookies, cache, redirects and referrer. Resolves to the status, the body if it is JSON, and
   * `Retry-After`, or to why there is no answer.
   * @param {string} url
   * @param {object} body
   * @param {string | undefined} bearer
   * @param {string | undefined} key the idempotency key. It is sent only with a session: a plain proxy on another origin need not
   *   allow its header.
   * @param {number} limit for the request and its answer, in milliseconds
   * @param {number} longest how many characters or bytes the body may have
   */
  async send(url, body, bearer, key, limit, longest) {
    const { signal } = this.#stop;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.abort();
    }, limit);
    /** @type {Record<string, string>} */
    const headers = { Accept: 'application/json, application/problem+json', 'Content-Type': 'application/json' };
    if (bearer) headers.Authorization = `Bearer ${bearer}`;
    if (bearer && key) headers['Idempotency-Key'] = key;
    let request;
    try {
      request = new Request(url, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
        credentials: 'omit',
        cache: 'no-store',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
        signal,
      });
    } catch {
      return 'refused';
    }
    try {
      const answer = await fetch(request);
      // A page may wrap `fetch`.
      if (!(answer instanceof Response)) return 'reply';
      if (Number(answer.headers.get('Content-Length')) > longest) return 'reply';
      const text = await answer.text();
      if (text.length > longest) return 'reply';
      return [answer.status, parsed(text), answer.headers.get('Retry-After')];
    } catch {
      return late ? 'timeout' : 'unreachable';
    } finally {
      clearTimeout(timer);
    }
  }
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
