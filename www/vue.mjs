/* A Vue component, for Vue 3: it registers the element, so that no compiler option has to name it, and types its events. */

import { defineComponent, h, onMounted, ref, watchPostEffect } from 'vue';

import { define } from './hydrate.js';
import { ATTRIBUTES, EVENTS } from './registry.js';

const REFLECTED = Object.entries(ATTRIBUTES).filter(([name]) => name !== 'lang');

/** `verified` for `selfie-verified`. @param {string} event */
const short = (event) => event.replace('selfie-', '');

export const Selfie = defineComponent({
  name: 'Selfie',
  props: {
    session: { type: [String, Function], default: undefined },
    thresholds: { type: Object, default: undefined },
    ...Object.fromEntries(
      REFLECTED.map(([, { property, boolean }]) => [
        property,
        { type: boolean ? Boolean : String, default: undefined },
      ]),
    ),
  },
  emits: EVENTS.map(short),
  setup(/** @type {Record<string, any>} */ props, { emit, expose, slots }) {
    const element = ref();
    expose({ element });
    // These two have no attribute. A server has no element, and runs no such effect.
    watchPostEffect(() => {
      element.value.session = props.session;
    });
    watchPostEffect(() => {
      element.value.thresholds = props.thresholds;
    });
    onMounted(define);
    const listeners = Object.fromEntries(
      EVENTS.map((event) => [
        `on${event[0].toUpperCase()}${event.slice(1)}`,
        (/** @type {Event} */ happened) => emit(short(event), happened),
      ]),
    );
    return () => {
      const attributes = REFLECTED.map(([name, { property, boolean }]) => [
        name,
        boolean ? (props[property] ? '' : undefined) : (props[property] ?? undefined),
      ]);
      return h('akiba-selfie', { ref: element, ...Object.fromEntries(attributes), ...listeners }, slots.default?.());
    };
  },
});
