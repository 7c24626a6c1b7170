/** A plugin for Vite, for its development server. Nothing else is needed, and a build does not need it. */
export default function akibaSelfie(): { name: string; config(): { optimizeDeps: { exclude: string[] } } };
