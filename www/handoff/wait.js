/* Time. */

/** Resolves after a time, or when the signal is aborted. @param {number} milliseconds @param {AbortSignal} signal */
export const wait = (milliseconds, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });

/** Resolves to the answer, or to nothing after a time. @template T @param {Promise<T>} answer @param {number} milliseconds */
export const within = (answer, milliseconds) => {
  // What comes later, also a failure, does not matter.
  answer.catch(() => {});
  /** @type {Promise<undefined>} */
  const late = new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds));
  return Promise.race([answer, late]);
};
