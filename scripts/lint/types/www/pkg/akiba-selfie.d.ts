/*
 * The part of the built WebAssembly module that www uses, so that its types are checked without a build. See
 * `Widget` in the crate akiba-selfie, in element.
 */

import type { SelfieSession } from '../../../../../www/index.js';

export class Widget {
  static mount(
    host: HTMLElement,
    root: Element,
    options: object,
    session: SelfieSession | null | undefined,
    openVision?: () => Worker,
    sound?: (on: boolean) => void,
  ): Widget;
  whole(): void;
  update(options: object, session: SelfieSession | null | undefined): void;
  start(): void;
  capture(): void;
  retake(): void;
  submit(): void;
  cancel(): void;
  reset(): void;
  here(): void;
  handed(reply: object): void;
  readonly state: string;
  readonly photo: Blob | undefined;
  readonly verdict: object | undefined;
  readonly devices: object[];
  unmount(): void;
}

export default function init(source?: { module_or_path: Promise<Response | BufferSource> }): Promise<unknown>;

/** Added by scripts/glue.mjs: starts the rest of the WebAssembly, once there is the first part. */
export function initRest(request: () => Promise<Response | BufferSource>): Promise<unknown>;

/** Added by scripts/bundle.mjs: sets the function that is called when a call of the WebAssembly traps. */
export function onTrap(listener: () => void): void;
