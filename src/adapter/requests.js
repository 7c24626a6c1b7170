/*
 * The browser's calls for requests: to the relay over `fetch`, with the page's session, and to S3 over `XMLHttpRequest`, the
 * only API that reports the bytes sent. What is sent, and what an answer means, is decided in Rust.
 */

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

export class Upload {
  #request = new XMLHttpRequest();
  #over = new AbortController();
  #tell;

  /**
   * @param {(sent: number, total: number, answer?: string) => void} tell called with the bytes sent, and at the end with the
   *   status in place of them and the answer's text. The status is 0 without an answer.
   */
  constructor(tell) {
    this.#tell = tell;
  }

  /**
   * Sends a photo. Returns whether the browser does.
   * @param {string} url
   * @param {[string, string][]} pairs the headers of a `PUT`, or the fields of a form
   * @param {boolean} isForm
   * @param {Blob} photo
   * @param {number} longest how much of the answer is read
   */
  send(url, pairs, isForm, photo, longest) {
    const [request, { signal }] = [this.#request, this.#over];
    request.upload.addEventListener('progress', ({ loaded, total }) => this.#tell(loaded, total), { signal });
    // Every request ends with this event; without an answer, the status is 0.
    const end = () => this.#tell(request.status, 0, request.responseText.slice(0, longest));
    request.addEventListener('loadend', end, { signal });
    try {
      request.open(isForm ? 'POST' : 'PUT', url);
      /** @type {Blob | FormData} */
      let body = photo;
      if (isForm) {
        body = new FormData();
        for (const [name, value] of pairs) body.append(name, value);
        // S3 ignores everything after the file.
        body.append('file', photo, 'selfie.jpg');
      } else {
        for (const [name, value] of pairs) request.setRequestHeader(name, value);
        // Without this header, the browser would send the blob's own type, so the blob is sent without one.
        if (!pairs.some(([name]) => name === 'Content-Type')) body = photo.slice();
      }
      request.send(body);
      return true;
    } catch {
      return false;
    }
  }

  abort() {
    this.#over.abort();
    this.#request.abort();
  }
}
