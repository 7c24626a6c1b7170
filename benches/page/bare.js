/* The camera without a widget: what the browser itself needs. */

const times = (globalThis.times = {});
const video = document.querySelector('video');
video.requestVideoFrameCallback((now) => (times.frame = now));
video.srcObject = await navigator.mediaDevices.getUserMedia({
  video: { facingMode: 'user', width: { ideal: 1280 }, height: { ideal: 960 } },
});
await video.play();
