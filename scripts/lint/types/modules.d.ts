/* Packages of the examples and of the site, which are not installed for the lint. */

declare module 'express';
declare module 'jose';
declare module 'standardwebhooks';

/* A catalogue of the package, as scripts/bundle.mjs packs it. */
declare module '*.lang.js' {
  const lines: string;
  export default lines;
}

declare module 'parse5' {
  export function parse(html: string): unknown;
}
