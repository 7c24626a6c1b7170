export default defineNuxtConfig({
  compatibilityDate: '2026-11-01',
  telemetry: false,
  devtools: { enabled: false },
  vue: { compilerOptions: { isCustomElement: (tag) => tag === 'akiba-selfie' } },
  vite: { optimizeDeps: { exclude: ['akiba-selfie'] } },
});
