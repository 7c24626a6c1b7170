// A load of a constant rate, for the latency of single calls: a call begins when it is due, whether or not earlier ones
// have ended.
//
// Exports: `latencies()`, `startLateVendor()`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../relay/late-vendor.mjs', import.meta.url));

/** Starts a vendor that answers each request with a text after some milliseconds. @param {number} delay @param {string} text */
export async function startLateVendor(delay, text) {
  const child = spawn(process.execPath, [PROGRAM, String(delay), text], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(child.stdout, 'data');
  const exited = once(child, 'exit');
  return {
    base: `http://127.0.0.1:${String(port).trim()}`,
    ended: () => child.exitCode !== null || child.signalCode !== null,
    async stop() {
      child.kill();
      await exited;
    },
  };
}

/**
 * Makes calls at a constant rate, and returns the milliseconds of each, sorted.
 * @param {string} base
 * @param {{ rate: number, seconds: number, headers: (index: number) => Record<string, string>, body: string }} load
 */
export async function latencies(base, { rate, seconds, headers, body }) {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const { hostname, port } = new URL(base);
  const call = (index) =>
    new Promise((done, failed) => {
      const began = performance.now();
      const all = { 'Content-Type': 'application/json', 'Content-Length': body.length, ...headers(index) };
      const options = { hostname, port, agent, method: 'POST', path: '/v1/customer', headers: all };
      const asked = request(options, (answer) => {
        if (answer.statusCode !== 200) failed(new Error(`status ${answer.statusCode}`));
        answer.resume().once('end', () => done(performance.now() - began));
      });
      asked.once('error', failed).end(body);
    });
  const calls = [];
  const start = performance.now();
  for (let index = 0; index < rate * seconds; index += 1) {
    const wait = start + (index / rate) * 1_000 - performance.now();
    if (wait > 0) await sleep(wait);
    calls.push(call(index));
  }
  const times = await Promise.all(calls);
  agent.destroy();
  // The first second opens the connections.
  return times.slice(rate).sort((a, b) => a - b);
}
