/*
 * The sample face in the camera: a portrait before a wall, closer, darker, turned and so on. The tests show the same scenes
 * (tests/fixtures/face/scenes.mjs).
 */

import { pause, world } from './world.js';

export const WIDTH = 640;
export const HEIGHT = 480;

/** The point between the eyes of the portrait (Mae C. Jemison, NASA S92-40463), and its size. */
const PORTRAIT = { url: new URL('./face.jpg', import.meta.url).href, x: 200, y: 136, unit: 1.26 };

/**
 * Where a face is, and how large: `zoom` is in pixels of the frame for a pixel of a portrait with `unit` 1.
 * @typedef {{ x: number, y: number, zoom: number, roll: number }} Place
 * @typedef {{ label: string, faces: Partial<Place>[], light?: number, haze?: number, shadow?: number, blur?: number, black?: boolean }} Scene
 */

/** @type {Place} */
const REST = { x: 320, y: 200, zoom: 2.3, roll: 0 };

/** Each scene has the name of the hint that it leads to, where it leads to one. */
export const SCENES = {
  /** @type {Scene} */
  good: { label: 'Good', faces: [{}] },
  /** @type {Scene} */
  'come-closer': { label: 'Too far', faces: [{ zoom: 1.3 }] },
  /** @type {Scene} */
  'move-back': { label: 'Too close', faces: [{ zoom: 4.6, y: 150 }] },
  /** @type {Scene} */
  'move-left': { label: 'To one side', faces: [{ x: 195 }] },
  /** @type {Scene} */
  'move-right': { label: 'To the other side', faces: [{ x: 445 }] },
  /** @type {Scene} */
  'move-down': { label: 'Too high', faces: [{ y: 70 }] },
  /** @type {Scene} */
  'move-up': { label: 'Too low', faces: [{ y: 330 }] },
  /** @type {Scene} */
  straighten: { label: 'Leaning', faces: [{ roll: 24 }] },
  /** @type {Scene} */
  'too-dark': { label: 'Dark', faces: [{}], light: 0.13 },
  /** @type {Scene} */
  'too-bright': { label: 'Bright', faces: [{}], haze: 0.85 },
  /** @type {Scene} */
  'side-light': { label: 'Light from one side', faces: [{}], shadow: 0.9 },
  /** @type {Scene} */
  blurred: { label: 'Blurred', faces: [{}], blur: 6 },
  /** @type {Scene} */
  'no-face': { label: 'Nobody', faces: [] },
  /** @type {Scene} */
  'several-faces': {
    label: 'Two people',
    faces: [
      { x: 245, zoom: 1.7 },
      { x: 395, zoom: 1.7 },
    ],
  },
  /** @type {Scene} */
  'no-picture': { label: 'No picture', faces: [], black: true },
};

/** What the face does for the challenge «closer»: a place at each second. @type {[number, Partial<Place>][]} */
const COMES_CLOSER = [
  [0, {}],
  [1, { zoom: 3.4, y: 185 }],
  [1.6, { zoom: 3.4, y: 185 }],
  [2.6, {}],
];

/** When the face began to come closer, in milliseconds. */
let began = Number.NEGATIVE_INFINITY;

/** Lets the face come closer once, as the challenge asks. */
export async function comeCloser() {
  world.scene = 'good';
  began = performance.now();
  await pause(COMES_CLOSER[COMES_CLOSER.length - 1][0]);
}

/** @type {Promise<HTMLCanvasElement> | undefined} */
let cutting;

/** Returns head and shoulders of the portrait, with a soft edge. */
function cutOut() {
  cutting ??= (async () => {
    const image = new Image();
    image.src = PORTRAIT.url;
    await image.decode();
    const { x, y, unit } = PORTRAIT;
    const { canvas, context } = sheet(image.width, image.height);
    context.filter = `blur(${12 * unit}px)`;
    context.beginPath();
    context.ellipse(x, y + 12 * unit, 92 * unit, 118 * unit, 0, 0, 2 * Math.PI);
    context.rect(x - 110 * unit, y + 120 * unit, 220 * unit, 300 * unit);
    context.fill();
    context.filter = 'none';
    context.globalCompositeOperation = 'source-in';
    context.drawImage(image, 0, 0);
    return canvas;
  })();
  return cutting;
}

/**
 * Returns a canvas, and a function that draws the scene of this moment on it.
 * @returns {Promise<{ canvas: HTMLCanvasElement, draw(): void }>}
 */
export async function stage() {
  const person = await cutOut();
  const { canvas, context } = sheet(WIDTH, HEIGHT);
  context.imageSmoothingQuality = 'high';
  const draw = () => {
    /** @type {Scene} */
    const { faces, light = 1, haze = 0, shadow = 0, blur = 0, black } = SCENES[world.scene];
    context.resetTransform();
    context.filter = blur ? `blur(${blur}px)` : 'none';
    wall(context);
    for (const face of faces) put(context, person, { ...REST, ...face, ...closer() });
    context.resetTransform();
    context.filter = 'none';
    if (shadow) shade(context, shadow);
    cover(context, `rgb(0 0 0 / ${black ? 1 : 1 - light})`);
    cover(context, `rgb(255 255 255 / ${haze})`);
  };
  draw();
  return { canvas, draw };
}

/** Draws a face, which sways a little: nobody stands quite still. */
function put(
  /** @type {CanvasRenderingContext2D} */ context,
  /** @type {HTMLCanvasElement} */ person,
  /** @type {Place} */ place,
) {
  const turn = (2 * Math.PI * performance.now()) / 1000;
  const scale = place.zoom / PORTRAIT.unit;
  const angle = (place.roll * Math.PI) / 180;
  const [sine, cosine] = [Math.sin(angle) * scale, Math.cos(angle) * scale];
  context.setTransform(cosine, sine, -sine, cosine, place.x + Math.sin(turn), place.y + 0.5 * Math.sin(2 * turn));
  context.drawImage(person, -PORTRAIT.x, -PORTRAIT.y);
}

/** Returns where the face is while it comes closer. @returns {Partial<Place>} */
function closer() {
  const second = (performance.now() - began) / 1000;
  const next = COMES_CLOSER.findIndex(([end]) => end > second);
  if (next < 1) return {};
  const [[begin, before], [end, after]] = [COMES_CLOSER[next - 1], COMES_CLOSER[next]];
  const share = (second - begin) / (end - begin);
  const smooth = share * share * (3 - 2 * share);
  const from = { ...REST, ...before };
  const to = { ...REST, ...after };
  return { zoom: from.zoom + (to.zoom - from.zoom) * smooth, y: from.y + (to.y - from.y) * smooth };
}

/** @param {CanvasRenderingContext2D} context */
function wall(context) {
  const shades = context.createLinearGradient(0, 0, WIDTH, HEIGHT);
  shades.addColorStop(0, '#b9b4ac');
  shades.addColorStop(1, '#8f8a84');
  context.fillStyle = shades;
  context.fillRect(0, 0, WIDTH, HEIGHT);
}

/** @param {CanvasRenderingContext2D} context @param {number} share */
function shade(context, share) {
  const dark = context.createLinearGradient(WIDTH / 2 - 30, 0, WIDTH / 2 + 30, 0);
  dark.addColorStop(0, 'rgb(0 0 0 / 0)');
  dark.addColorStop(1, `rgb(0 0 0 / ${share})`);
  context.fillStyle = dark;
  context.fillRect(0, 0, WIDTH, HEIGHT);
}

/** @param {CanvasRenderingContext2D} context @param {string} colour */
function cover(context, colour) {
  context.fillStyle = colour;
  context.fillRect(0, 0, WIDTH, HEIGHT);
}

/** @param {number} width @param {number} height */
function sheet(width, height) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  return { canvas, context: /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d')) };
}
