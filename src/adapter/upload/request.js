/* One request to S3 over `XMLHttpRequest`, the only API that reports the bytes sent. Its headers and fields come from Rust. */

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
