/* Opens the camera at once, and notes when what happened, in milliseconds since the navigation began. */

import './akiba-selfie/define.js';

const selfie = document.querySelector('akiba-selfie');
const times = (globalThis.times = {});
globalThis.photos = [];

const { play } = HTMLMediaElement.prototype;
HTMLMediaElement.prototype.play = function () {
  this.requestVideoFrameCallback((now) => (times.frame ??= now));
  return play.call(this);
};

selfie.addEventListener('selfie-statechange', () => (times.ready ??= performance.now()));
selfie.addEventListener('selfie-guidance', () => (times.hint ??= performance.now()));
selfie.addEventListener('selfie-captured', ({ detail }) => photos.push(detail.blob));
selfie.addEventListener('click', ({ timeStamp }) => (times.tap = timeStamp));
selfie.addEventListener('selfie-verified', () => (times.verdict = performance.now()));
selfie.start();
