/* The upload to the storage, and the meaning of its answers; src/adapter/upload and crates/protocol say the same in Rust. */

import { Failure, isObject, isPrivate } from './failure.js';

const JPEG = 'image/jpeg';
const UNSIGNED = 'UNSIGNED-PAYLOAD';
const STALL = 30_000;
const STALL_ANSWER = 90_000;
/** A link this close to its end is not tried, in milliseconds. */
const MARGIN = 10_000;

/** Fails if a signed name is the checksum of a body, as no photo can match it. @param {string} name @param {string} value */
function checkChecksum(name, value) {
  const unsigned = name === 'x-amz-content-sha256' && value !== UNSIGNED;
  if (unsigned || name === 'content-md5' || /^x-amz-checksum-(?!algorithm$|type$)/.test(name)) {
    throw new Failure('link-checksum');
  }
}

/** Returns an object's members as text, or null. @param {any} object @returns {[string, string][] | null} */
function texts(object) {
  if (!isObject(object)) return null;
  const pairs = Object.entries(object);
  if (!pairs.every(([, value]) => typeof value === 'string' || typeof value === 'number')) return null;
  return pairs.map(([name, value]) => [name, String(value)]);
}

/**
 * Reads the relay's answer.
 * @param {any} reply
 */
export function target(reply) {
  const strings = ['identifier', 'signed_link', 's3_key', 'selfie_filename'];
  if (!strings.every((name) => typeof reply[name] === 'string')) throw new Failure('relay-reply');
  const unusable = new Failure('link-unusable');
  let url;
  try {
    url = new URL(reply.signed_link);
  } catch {
    throw unusable;
  }
  if (!isPrivate(url) || url.username) throw unusable;
  /** @type {Record<string, string>} */
  const query = {};
  for (const [name, value] of url.searchParams) {
    query[name.toLowerCase()] = value;
    checkChecksum(name.toLowerCase(), value);
  }
  const form = reply.fields == null ? null : formFields(texts(reply.fields) ?? [['file', '']]);
  if (form?.some(([name]) => /^(file|redirect|success_action_redirect)$/.test(name))) throw unusable;
  const lasts = Number(query['x-amz-expires']);
  return {
    reply,
    url: reply.signed_link,
    form,
    headers: form ? [] : putHeaders((query['x-amz-signedheaders'] ?? '').toLowerCase(), texts(reply.headers) ?? []),
    /** An old V2 link: its signature covers `Content-Type`. */
    old: !form && !query['x-amz-signature'] && Boolean(query.signature),
    until: lasts > 0 ? Date.now() + lasts * 1000 : Number.POSITIVE_INFINITY,
    /** Whether an upload to it began, and whether one ended well. */
    tried: false,
    stored: false,
    key: [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
  };
}

/** @typedef {ReturnType<typeof target>} Target */

/** Whether a link has ended, or soon will. @param {Target} link */
export const isOver = ({ until }) => Date.now() + MARGIN > until;

/** Adds the type that the policy asks for. @param {[string, string][]} fields */
function formFields(fields) {
  const find = (/** @type {string} */ wanted) => fields.find(([name]) => name.toLowerCase() === wanted)?.[1];
  let policy = '';
  try {
    policy = atob(find('policy') ?? '').toLowerCase();
  } catch {
    // The storage will say what is wrong with it.
  }
  return policy.includes('content-type') && find('content-type') === undefined
    ? [...fields, ['Content-Type', JPEG]]
    : fields;
}

/**
 * Returns the headers of a `PUT`, which are the signed headers without the browser's own.
 * @param {string} signed
 * @param {[string, string][]} given
 * @returns {[string, string][]}
 */
function putHeaders(signed, given) {
  /** @type {[string, string][]} */
  const headers = [];
  for (const name of signed.split(';').filter(Boolean)) {
    let value = given.find(([other]) => other.toLowerCase() === name)?.[1];
    if (name === 'content-type' && (value ?? JPEG) !== JPEG) throw new Failure('link-headers');
    if (/^(host|content-length|content-type)$/.test(name)) continue;
    if (name === 'if-none-match') value ??= '*';
    if (name === 'x-amz-content-sha256') value ??= UNSIGNED;
    checkChecksum(name, value ?? '');
    if (value === undefined) throw new Failure('link-headers');
    headers.push([name, value]);
  }
  return headers;
}

/**
 * Sends the photo once.
 * @param {Target} link
 * @param {Blob} photo
 * @param {boolean} bare whether to send a `PUT` without `Content-Type`
 * @param {(sent: number, total: number) => void} onProgress
 * @param {AbortSignal} signal
 */
export function upload(link, photo, bare, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const { tried } = link;
    let stalled = false;
    /** @type {ReturnType<typeof setTimeout>} */
    let timer;
    const watch = (/** @type {number} */ limit) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        stalled = true;
        request.abort();
      }, limit);
    };
    request.upload.onprogress = ({ loaded, total }) => {
      watch(loaded < total ? STALL : STALL_ANSWER);
      onProgress(loaded, total);
    };
    request.onloadend = () => {
      clearTimeout(timer);
      const failure = stalled
        ? new Failure('upload-stalled', { again: true })
        : meaning(request.status, request.responseText.slice(0, 16_384), link, tried, bare);
      if (failure) reject(failure);
      else resolve(undefined);
    };
    signal.addEventListener('abort', () => request.abort());
    request.open(link.form ? 'POST' : 'PUT', link.url);
    watch(STALL);
    link.tried = true;
    if (link.form) {
      const form = new FormData();
      for (const [name, value] of link.form) form.append(name, value);
      form.append('file', photo, 'selfie.jpg');
      request.send(form);
    } else {
      for (const [name, value] of link.headers) request.setRequestHeader(name, value);
      if (!bare) request.setRequestHeader('Content-Type', JPEG);
      // Otherwise the browser would send the blob's own type.
      request.send(bare ? photo.slice() : photo);
    }
  });
}

/**
 * Returns why an upload failed, if it did.
 * @param {number} status
 * @param {string} body
 * @param {Target} link
 * @param {boolean} tried whether this link was tried before
 * @param {boolean} bare
 */
function meaning(status, body, link, tried, bare) {
  const code = /<Code>\s*(.*?)\s*<\/Code>/s.exec(body)?.[1] ?? '';
  const failed = (/** @type {string} */ name, again = false) => new Failure(`upload-${name}`, { again });
  const expired = new Failure('upload-expired', { relink: true });
  if (status >= 200 && status < 300) return undefined;
  if (!status) return failed('unreachable', true);
  if (code === 'ExpiredToken' || (code === 'AccessDenied' && /(Request has|Policy) expired/.test(body))) return expired;
  if (code === 'RequestTimeTooSkewed') return new Failure('upload-clock-skew', { relink: true });
  if ((status === 400 || status === 403) && Date.now() + 2000 > link.until) return expired;
  if (code === 'RequestTimeout' || code === 'SlowDown') return failed('busy', true);
  if (status === 403 && code === 'SignatureDoesNotMatch' && link.old && !bare) {
    return new Failure('upload-refused', { does: 'bare' });
  }
  if (code === 'EntityTooLarge' || status === 413) return new Failure('upload-too-large', { does: 'shrink' });
  if (status === 400 && code === 'BadDigest') return new Failure('upload-damaged', { does: 'resend' });
  // 412 to a repeated upload: the first one has arrived.
  if (status === 412 && tried) return undefined;
  return [408, 429].includes(status) || status >= 500 ? failed('busy', true) : failed('refused');
}
