/* Starts a worker, also where the page demands Trusted Types. */

/** @type {{ createScriptURL(url: string): string } | undefined} */
let policy;

/** @param {string} url */
export function namedWorker(url) {
  try {
    policy ??= /** @type {any} */ (globalThis).trustedTypes?.createPolicy('akiba-selfie', {
      createScriptURL: (/** @type {string} */ text) => text,
    });
  } catch {
    // The page does not allow the policy. If it demands none, the worker starts without.
  }
  return new Worker(policy?.createScriptURL(url) ?? url);
}
