// Reads the built site and finds broken links and anchors, and anything that a page would load from another host.
//
// Exports: `checkSite()`.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'parse5';

/** @typedef {{ tag: string, attributes: Record<string, string>, text: string }} Tag */
/** @typedef {{ nodeName: string, value?: string, attrs?: { name: string, value: string }[], childNodes?: Node[], content?: Node }} Node */

/** Attributes that hold a URL. */
const URLS = ['href', 'src', 'action', 'formaction', 'poster', 'data', 'xlink:href', 'background', 'cite', 'ping'];
/** A link that a person follows loads nothing by itself, and these relations only name a place. */
const NAMES_ONLY = ['canonical', 'alternate', 'prev', 'next', 'license', 'author'];

/** @param {Node} node @returns {Tag[]} */
function tagsOf(node) {
  const inside = [...(node.childNodes ?? []), ...(node.content ? [node.content] : [])].flatMap(tagsOf);
  if (!node.attrs) return inside;
  const attributes = Object.fromEntries(node.attrs.map(({ name, value }) => [name, value]));
  const text = (node.childNodes ?? []).map(({ value }) => value ?? '').join('');
  return [{ tag: node.nodeName, attributes, text }, ...inside];
}

/** Whether a URL leads to another host. @param {string} url */
const isForeign = (url) => /^(?:[a-z][a-z0-9+.-]*:)?\/\//i.test(url.trim());

/** Returns the URLs that a style sheet loads. @param {string} css */
const urlsOfCss = (css) =>
  [...css.matchAll(/url\(\s*['"]?([^'")]+)|@import\s+['"]([^'"]+)/g)].map(([, url, imported]) => url ?? imported);

/** Returns the URLs of a tag that the browser loads without being asked. @param {Tag} tag */
function loads({ tag, attributes, text }) {
  const urls = urlsOfCss(attributes.style ?? '');
  if (tag === 'style') urls.push(...urlsOfCss(text));
  for (const list of [attributes.srcset, attributes.imagesrcset]) {
    urls.push(...(list ?? '').split(',').flatMap((one) => one.trim().split(/\s+/)[0] || []));
  }
  if (attributes['http-equiv']?.toLowerCase() === 'refresh') urls.push(attributes.content?.split(/url=/i)[1] ?? '');
  const rel = (attributes.rel ?? '').toLowerCase().split(/\s+/);
  if (tag === 'a' || (tag === 'link' && rel.every((one) => NAMES_ONLY.includes(one)))) return urls;
  return [...urls, ...URLS.flatMap((name) => attributes[name] ?? [])];
}

/**
 * Checks a built site.
 * @param {string} folder
 * @param {{ base?: string, foreign?: string[] }} [settings] `base` is the path of the site, with a slash at both ends;
 *   `foreign` are its folders that something else has built
 * @returns {{ pages: number, links: number, faults: string[] }}
 */
export function checkSite(folder, { base = '/', foreign = [] } = {}) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => !foreign.some((other) => name.startsWith(`${other}/`)) && statSync(join(folder, name)).isFile());
  const pages = files.filter((name) => name.endsWith('.html'));
  const tags = new Map(
    pages.map((name) => [name, tagsOf(/** @type {Node} */ (parse(readFileSync(join(folder, name), 'utf8'))))]),
  );
  const anchors = new Map(
    pages.map((name) => [name, new Set(tags.get(name)?.flatMap(({ attributes: { id, name: named } }) => [id, named]))]),
  );
  /** @type {Set<string>} */
  const faults = new Set();
  let links = 0;

  /** @param {string} page @param {string} url */
  function follow(page, url) {
    const { origin, pathname, hash } = new URL(url, `http://site${base}${page}`);
    if (origin !== 'http://site') return;
    links += 1;
    if (!pathname.startsWith(base)) return faults.add(`${page}: ${url} leaves the site`);
    const path = decodeURIComponent(pathname.slice(base.length));
    const file = path === '' || path.endsWith('/') ? `${path}index.html` : path;
    if (!existsSync(join(folder, file)) || !statSync(join(folder, file)).isFile()) {
      return faults.add(`${page}: ${url} does not exist`);
    }
    const known = anchors.get(file);
    const anchor = decodeURIComponent(hash.slice(1));
    if (anchor && known && !known.has(anchor)) faults.add(`${page}: ${url} has no such anchor`);
  }

  for (const [page, all] of tags) {
    for (const tag of all) {
      const loaded = loads(tag);
      for (const url of loaded.filter(isForeign)) faults.add(`${page}: <${tag.tag}> loads ${url}`);
      const followed = [...loaded, ...(tag.tag === 'a' || tag.tag === 'link' ? [tag.attributes.href] : [])];
      for (const url of new Set(followed)) {
        if (url && !/^(?:data|mailto|blob|javascript|about):/i.test(url)) follow(page, url);
      }
    }
  }
  for (const name of files.filter((one) => one.endsWith('.css'))) {
    for (const url of urlsOfCss(readFileSync(join(folder, name), 'utf8')).filter(isForeign))
      faults.add(`${name}: loads ${url}`);
  }
  if (pages.length === 0 || links === 0) faults.add('the site has no pages or no links');
  return { pages: pages.length, links, faults: [...faults] };
}
