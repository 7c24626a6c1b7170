// What `import 'akiba-selfie/types/…'` loads: nothing. TypeScript keeps an import that imports no name, so a bundler looks for
// a module of this name.
export {};
