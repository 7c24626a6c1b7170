/* Packages of the examples and of the site, which are not installed for the lint. */

declare module 'express';
declare module 'jose';
declare module 'standardwebhooks';
declare module 'parse5' {
  export function parse(html: string): unknown;
}
