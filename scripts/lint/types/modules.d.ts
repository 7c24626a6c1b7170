/* Packages of the examples, which are not installed for the lint. */

declare module 'express';
declare module 'jose';
declare module 'standardwebhooks';
