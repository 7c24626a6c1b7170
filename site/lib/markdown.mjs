// Turns a document of the repository into a page: title and summary from its text, links that work on the site.
//
// Exports: `toPage()`, `plainText()`, `Links`.

import { existsSync, statSync } from 'node:fs';
import { posix } from 'node:path';

import { ROOT, routeOf } from './documents.mjs';

/** @typedef {{ path: string, route: string, title: string, description: string, body: string }} Page */

/** Code stands before links in the pattern, so that a link inside code is left alone. */
const CODE_OR_LINK =
  /^(?<fence>```|~~~)[\s\S]*?^\k<fence>[ \t]*$|(?<ticks>`+)[^`][\s\S]*?\k<ticks>(?!`)|(?<before>\]\(|\b(?:src|href)=")(?<target>[^)"\s]+)/gm;

/** A summary in a list of pages is one or two lines. */
const LONGEST_SUMMARY = 200;

/**
 * Returns Markdown without its marks.
 * @param {string} text
 */
export function plainText(text) {
  return text
    .replace(/!\[[^\]]*\]\([^)]*\)/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<[a-z/][^>]*>/gi, (tag) => (/^<\/?akiba/.test(tag) ? tag : ''))
    .replace(/[`*]+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Returns the first sentences of the first paragraph. @param {string} body */
function summary(body) {
  const paragraph = body.split(/\n{2,}/).find((part) => /^[\p{L}`*[“«"]/u.test(part.trim())) ?? '';
  const sentences = plainText(paragraph).split(/(?<=[.!?:])\s/);
  let text = sentences[0] ?? '';
  for (const next of sentences.slice(1)) {
    if (text.length + next.length >= LONGEST_SUMMARY) break;
    text += ` ${next}`;
  }
  return text.replace(/:$/, '.');
}

/** Rewrites the relative links of documents, and remembers which other files of docs/ the site needs. */
export class Links {
  /** Files that the site serves as they are, such as pictures. @type {Set<string>} */
  files = new Set();

  #documents;
  #base;
  #repository;
  #root;

  /**
   * @param {object} settings
   * @param {string[]} settings.documents that become pages
   * @param {string} settings.base path of the site, with a slash at both ends
   * @param {string} settings.repository URL of the repository's files, without a slash at its end
   * @param {string} [settings.root]
   */
  constructor({ documents, base, repository, root = ROOT }) {
    this.#documents = new Set(documents);
    this.#base = base;
    this.#repository = repository;
    this.#root = root;
  }

  /**
   * Returns where a link leads on the site: to a page, to a file of docs/, or to a file in the repository.
   * Fails if the file does not exist.
   * @param {string} from the document
   * @param {string} target
   */
  resolve(from, target) {
    if (/^(?:[a-z][a-z0-9+.-]*:|#|\/)/i.test(target)) return target;
    const [relative, anchor] = target.split('#');
    const path = posix.normalize(posix.join(posix.dirname(from), decodeURI(relative))).replace(/\/$/, '');
    const place = `${this.#root}${path}`;
    if (path.startsWith('..') || !existsSync(place)) throw new Error(`${from}: ${target} does not exist`);
    const index = posix.join(path, 'README.md');
    const document = [path, index].find((name) => this.#documents.has(name));
    const end = anchor ? `#${anchor}` : '';
    if (document) return `${this.#base}${routeOf(document)}/${end}`;
    const folder = statSync(place).isDirectory();
    if (path.startsWith('docs/') && !folder) {
      this.files.add(path);
      return `${this.#base}${path.slice('docs/'.length)}`;
    }
    return `${this.#repository}/${folder ? 'tree' : 'blob'}/main/${path}${end}`;
  }

  /** Rewrites all links of a text, except in code. @param {string} from @param {string} text */
  rewrite(from, text) {
    return text.replace(CODE_OR_LINK, (whole, ...rest) => {
      const { before, target } = rest.at(-1);
      return target === undefined ? whole : `${before}${this.resolve(from, target)}`;
    });
  }
}

/**
 * Makes the page of a document. Its title is the first heading, which the page shows by itself.
 * @param {string} path
 * @param {string} text
 * @param {Links} links
 * @returns {Page}
 */
export function toPage(path, text, links) {
  const heading = /^# (.+)\n+/m.exec(text);
  if (!heading || text.slice(0, heading.index).trim() !== '')
    throw new Error(`${path}: the first line is not a heading`);
  const body = links.rewrite(path, text.slice(heading.index + heading[0].length));
  return { path, route: routeOf(path), title: plainText(heading[1]), description: summary(body), body };
}
