// Starts a real nginx with the configuration of examples/nginx.
//
// Exports: `startNginx()`.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from './relay.mjs';

const TEMPLATE = new URL('../../../examples/nginx/akiba-selfie.conf.template', import.meta.url);
const README = new URL('../../../examples/nginx/README.md', import.meta.url);

/** How long it may take to start, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Writes the token's file with the command of the README.
 * @param {string} file
 * @param {string} token
 */
async function writeTokenFile(file, token) {
  const readme = await readFile(README, 'utf8');
  const command = /^ *(printf 'default .*) >\/etc\/nginx\/akiba\/token\.conf \)$/m.exec(readme)?.[1];
  if (!command) throw new Error('the command for the token is not in examples/nginx/README.md');
  const env = { ...process.env, TOKEN: token };
  await writeFile(file, execFileSync('sh', ['-c', command], { env }), { mode: 0o600 });
}

/**
 * Starts nginx on a free port of the loopback interface.
 * @param {object} settings
 * @param {string} settings.page origin of the page that may call
 * @param {string} settings.vendor base URL of the vendor's API
 * @param {string} settings.token the vendor's token
 * @returns {Promise<{origin: string, port: number, stop(): Promise<void>}>}
 */
export async function startNginx({ page, vendor, token }) {
  const folder = await mkdtemp(join(tmpdir(), 'akiba-nginx-'));
  // If root starts nginx, its workers run as another user.
  await chmod(folder, 0o755);
  const port = await freePort();
  const values = {
    AKIBA_LISTEN: `127.0.0.1:${port}`,
    AKIBA_PAGE_ORIGIN: page,
    AKIBA_VENDOR: vendor,
    AKIBA_TOKEN_FILE: join(folder, 'token.conf'),
    AKIBA_RESOLVER: '127.0.0.1',
  };
  await writeTokenFile(values.AKIBA_TOKEN_FILE, token);
  const template = await readFile(TEMPLATE, 'utf8');
  await writeFile(
    join(folder, 'akiba-selfie.conf'),
    template.replace(/\$\{(\w+)\}/g, (_, name) => values[name]),
  );
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/nginx.pid; worker_processes 2; error_log stderr;
     events {} http { access_log off; ${temporary.join(' ')} include ${folder}/akiba-selfie.conf; }\n`,
  );
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // On Debian it is only in root's PATH.
    env: { ...process.env, PATH: [process.env.PATH, '/usr/sbin'].join(delimiter) },
  });
  const output = [];
  child.stdout.on('data', (data) => output.push(data));
  child.stderr.on('data', (data) => output.push(data));
  const exited = once(child, 'exit').catch((error) => output.push(String(error)));
  const end = () => child.kill('SIGTERM');
  process.once('exit', end);
  const stop = async () => {
    process.removeListener('exit', end);
    if (child.exitCode === null && child.signalCode === null) end();
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  const origin = `http://127.0.0.1:${port}`;
  for (const late = Date.now() + PATIENCE; ; await sleep(20)) {
    if (
      await fetch(origin).then(
        () => true,
        () => false,
      )
    )
      return { origin, port, stop };
    if (Date.now() > late || child.exitCode !== null || child.pid === undefined) {
      await stop();
      throw new Error(`nginx did not start (scripts/setup.sh test installs it): ${output.join('')}`);
    }
  }
}
