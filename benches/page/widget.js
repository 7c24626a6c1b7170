/* Opens the camera at once, and records the time of each step in milliseconds since the navigation. */

import '/akiba-selfie/define.js';

const selfie = document.querySelector('akiba-selfie');
globalThis.times = {};
globalThis.photos = [];

const { play } = HTMLMediaElement.prototype;
/** @this {HTMLVideoElement} */
HTMLMediaElement.prototype.play = function () {
  this.requestVideoFrameCallback((now) => {
    times.frame ??= now;
  });
  return play.call(this);
};

const note = (/** @type {string} */ name) => () => {
  times[name] ??= performance.now();
};
selfie.addEventListener('selfie-statechange', note('ready'));
selfie.addEventListener('selfie-guidance', note('hint'));
selfie.addEventListener('selfie-verified', note('verdict'));
selfie.addEventListener('selfie-captured', () => photos.push(selfie.photo));
// The last click is on «Use this photo».
selfie.addEventListener('click', ({ timeStamp }) => {
  times.tap = timeStamp;
});
selfie.start();
