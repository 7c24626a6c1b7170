// A vendor that takes its time: answers each request after the milliseconds of the first argument, with the text of the
// second. It prints its port.

import { createServer } from 'node:http';

const [delay, text] = process.argv.slice(2);
const server = createServer({ keepAliveTimeout: 60_000 }, (asked, answer) => {
  asked.resume();
  setTimeout(() => {
    answer.writeHead(200, { 'Content-Type': 'application/json' });
    answer.end(text);
  }, Number(delay));
});
server.listen(0, '127.0.0.1', () => console.log(/** @type {import('node:net').AddressInfo} */ (server.address()).port));
