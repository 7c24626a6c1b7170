/*
 * What this browser supports, and why WebAssembly does not run. It is loaded only when someone asks.
 */

/** @import { SelfieSupport } from './index.js' */

import { PROBE, runs } from './probe.js';

/** A module with SIMD, which the detector uses. */
const SIMD = [
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
];

/** Returns the code of what prevents the WebAssembly, or `null`. */
export function wasmObstacle() {
  if (runs()) return null;
  if (!globalThis.WebAssembly) return 'wasm-missing';
  return WebAssembly.validate(PROBE) ? 'wasm-blocked' : 'wasm-unsupported';
}

/**
 * Resolves to what the element can do in this page. It asks the person nothing.
 * @returns {Promise<SelfieSupport>}
 */
export async function supports() {
  const code = wasmObstacle();
  const { mediaDevices } = navigator;
  /** Chromium's name for what the page's Permissions-Policy allows. */
  const { featurePolicy } = /** @type {any} */ (document);
  const allowed = featurePolicy?.allowsFeature('camera') ?? true;
  // A browser that keeps its devices secret may have a camera.
  const devices = await mediaDevices?.enumerateDevices().catch(() => null);
  const connected = devices?.some(({ kind }) => kind === 'videoinput') ?? true;
  const camera = Boolean(mediaDevices?.getUserMedia) && allowed && connected;
  return {
    secureContext: isSecureContext,
    camera,
    wasm: !code,
    guidance: camera && !code && typeof Worker === 'function' && WebAssembly.validate(new Uint8Array(SIMD)),
    code,
  };
}
