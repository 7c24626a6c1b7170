/*
 * Global variables of the pages and workers in the tests. A function that runs in a page is checked with the types of
 * the test that sends it there.
 */

/** Every event of the element in the page: see e2e/support/selfie.mjs. */
declare var selfieEvents: any[];
declare var widgetMemory: WebAssembly.Memory | undefined;
/** When the screen of each element changed last. */
declare var changes: WeakMap<any, any>;
/** Every camera track that the page got. */
declare var cameraTracks: MediaStreamTrack[];
/** One entry for each mount of the recorder in www/recorder. */
declare var widgets: any[];
/** Set by e2e/support/watch.mjs. */
declare var reportViolation: (violation: string) => void;
/** What live regions said: see e2e/support/studio.mjs. */
declare var announced: string[];
/** Timers that run while the page's clock is stopped. */
declare var realTimers: { setTimeout: typeof setTimeout };
/** Clears a timer that was set by one of these. */
declare var clearReal: ((id: number) => void) | undefined;
declare var axe: { run(context: Document, options: object): Promise<{ violations: any[] }> };

/** Set by e2e/leaks.test.mjs. */
declare var watchEnd: (label: string, element: Element) => void;
declare var leaked: () => string[];

/** Variables that a test itself sets in its page. */
declare var shown: any[];
declare var kept: import('../www/index.js').AkibaSelfieElement;
declare var errors: any[];
declare var longTasks: any[];
declare var times: Record<string, number>;
declare var photos: Blob[];
declare var shifts: number[];
declare var testStyle: CSSStyleSheet;
declare var peers: any;
declare var felt: any[];
declare var heardTexts: string[];

/** In the worker of the vision module. */
declare var vision: { memory: WebAssembly.Memory };
declare var counted: { frames: number };

/** What engines/preload.js records, and what it does in the page. */
declare var probe: any;
/** The face in front of the camera: see engines/drivers/engine-page.mjs. */
declare var PORTRAIT: string;
