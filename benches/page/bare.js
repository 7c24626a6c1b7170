/* Opens the camera without a widget, to measure the browser alone. */

globalThis.times = {};
const video = document.querySelector('video');
video.requestVideoFrameCallback((now) => {
  times.frame = now;
});
video.srcObject = await navigator.mediaDevices.getUserMedia({
  video: { facingMode: 'user', width: { ideal: 1280 }, height: { ideal: 960 } },
});
await video.play();
