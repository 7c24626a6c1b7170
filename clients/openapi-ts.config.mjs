// How the TypeScript client is generated from docs/openapi.json.
export default {
  input: '../docs/openapi.json',
  output: { path: 'build/client', importFileExtension: '.js', clean: true },
  plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
  logs: { file: false, level: 'error' },
};
