/* A plugin for Vite: its development server must not move this package's JavaScript away from the other files. */

export default () => ({
  name: 'akiba-selfie',
  config: () => ({ optimizeDeps: { exclude: ['akiba-selfie'] } }),
});
