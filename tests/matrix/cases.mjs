// The tools that the package is tried with. Each case is a project (`projects/`) with the versions of `locks/`, or one of
// `examples/`, which has its own.
//
// Exports: `CASES`.

/**
 * @typedef {object} Case
 * @property {string} name of the case, and of its folder in `locks/` if its project needs packages
 * @property {string} [project] the folder in `projects/`
 * @property {string} [example] the folder in `examples/`, instead
 * @property {string[]} shows the packages whose versions stand in the table
 * @property {string[]} [dev] the command of the development server; `{port}` is replaced
 * @property {string[]} [build] the command that builds
 * @property {string} [output] the folder that the build writes, served as it is
 * @property {string[]} [serve] the command that serves the build, if a folder is not enough
 * @property {string[]} [check] a command that must succeed with the case's packages; `{root}` is the repository
 * @property {string[]} [test] the command of a test run, for a case without a page
 * @property {'page' | 'other'} [origin] a case without packages: which origin serves the package
 * @property {string[]} [loads] the only files of the package that its page loads, for a case without packages
 * @property {string} [policy] the content security policy of a case without packages
 * @property {boolean} [quick] whether `make test` runs it
 */

const bin = (name, ...args) => [`node_modules/.bin/${name}`, ...args];

/** @param {string} name @param {string} project @param {string[]} shows @param {Partial<Case>} [more] @returns {Case} */
const vite = (name, project, shows, more) => ({ name, project, ...withVite(shows), ...more });

/** @param {string} example @param {string[]} shows @returns {Case} */
const exampleWithVite = (example, shows) => ({ name: example, example, ...withVite(shows) });

/** @param {string[]} shows */
const withVite = (shows) => ({
  shows: [...shows, 'vite'],
  dev: bin('vite', '--port', '{port}', '--strictPort', '--host', '127.0.0.1'),
  build: bin('vite', 'build'),
  output: 'dist',
});

/** @param {string} name @param {Partial<Case>} where @param {string[]} flags @returns {Case} */
const next = (name, where, flags) => ({
  name,
  ...where,
  shows: ['next', 'react'],
  dev: bin('next', 'dev', ...flags, '--port', '{port}', '--hostname', '127.0.0.1'),
  build: bin('next', 'build', ...flags),
  serve: bin('next', 'start', '--port', '{port}', '--hostname', '127.0.0.1'),
});

/** @type {Case[]} */
export const CASES = [
  {
    name: 'plain',
    example: 'plain',
    shows: [],
    origin: 'page',
    dev: bin('http-server', '-c-1', '-p', '{port}', '-a', '127.0.0.1'),
    quick: true,
  },
  {
    name: 'trusted-types',
    example: 'plain',
    shows: [],
    origin: 'page',
    policy: "script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types akiba-selfie",
  },
  { name: 'import-map', project: 'import-map', shows: [], origin: 'page' },
  {
    name: 'inline',
    project: 'inline',
    shows: [],
    origin: 'page',
    loads: ['inline/akiba-selfie.js'],
    policy:
      "script-src 'self' 'wasm-unsafe-eval'; worker-src blob:; require-trusted-types-for 'script'; trusted-types akiba-selfie",
  },
  { name: 'other-origin', project: 'other-origin', shows: [], origin: 'other' },
  vite('vite-5', 'vite', []),
  vite('vite-6', 'vite', []),
  vite('vite-7', 'vite', []),
  vite('vite-8', 'vite', [], { quick: true }),
  vite('react-18', 'react', ['react']),
  vite('react-19', 'react', ['react']),
  vite('react-18-component', 'react-component', ['react']),
  vite('react-19-component', 'react-component', ['react']),
  exampleWithVite('react', ['react']),
  vite('vue-3', 'vue', ['vue']),
  vite('vue-3-component', 'vue-component', ['vue']),
  exampleWithVite('vue', ['vue']),
  exampleWithVite('svelte', ['svelte']),
  vite('solid-1', 'solid', ['solid-js']),
  {
    name: 'webpack-5',
    project: 'webpack',
    shows: ['webpack'],
    dev: bin('webpack', 'serve', '--mode', 'development', '--port', '{port}', '--host', '127.0.0.1'),
    build: bin('webpack', '--mode', 'production'),
    output: 'dist',
  },
  { name: 'rollup-4', project: 'rollup', shows: ['rollup'], build: bin('rollup', '-c'), output: 'dist' },
  {
    name: 'esbuild',
    project: 'esbuild',
    shows: ['esbuild'],
    build: ['node', 'build.mjs'],
    output: 'dist',
    quick: true,
  },
  {
    name: 'parcel-2',
    project: 'parcel',
    shows: ['parcel'],
    dev: bin('parcel', 'serve', 'index.html', '--port', '{port}', '--host', '127.0.0.1'),
    build: bin('parcel', 'build', 'index.html', '--no-cache'),
    output: 'dist',
  },
  next('next', { example: 'next' }, []),
  next('next-webpack', { example: 'next' }, ['--webpack']),
  next('next-tag', { project: 'next' }, []),
  next('next-tag-webpack', { project: 'next' }, ['--webpack']),
  {
    name: 'nuxt-4',
    project: 'nuxt',
    shows: ['nuxt', 'vue'],
    dev: bin('nuxt', 'dev', '--port', '{port}', '--host', '127.0.0.1'),
    build: bin('nuxt', 'build'),
    serve: ['node', '.output/server/index.mjs'],
  },
  {
    name: 'angular',
    example: 'angular',
    check: ['node', '{root}/scripts/angular.mjs', '.'],
    shows: ['@angular/core'],
    dev: bin('ng', 'serve', '--port', '{port}', '--host', '127.0.0.1'),
    build: bin('ng', 'build'),
    output: 'dist',
  },
  { name: 'jest-30', project: 'jest', shows: ['jest'], test: bin('jest') },
  { name: 'vitest-5', project: 'vitest', shows: ['vitest'], test: bin('vitest', 'run') },
];
