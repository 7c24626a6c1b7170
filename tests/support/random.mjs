// Random numbers that a seed plays again.
//
// Exports: `Dice`.

/** Returns numbers from 0 to 1 (mulberry32). @param {number} seed */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What is chosen at random. */
export class Dice {
  #next;

  /** @param {number} seed */
  constructor(seed) {
    this.#next = random(seed);
  }

  /** Returns a whole number from 0 to below `count`. @param {number} count */
  below(count) {
    return Math.floor(this.#next() * count);
  }

  /** @param {number} count */
  oneIn(count) {
    return this.below(count) === 0;
  }

  /** Returns a whole number from `least` to `most`. @param {number} least @param {number} most */
  between(least, most) {
    return least + this.below(most - least + 1);
  }

  /** @template Choice @param {readonly Choice[]} choices @returns {Choice} */
  of(choices) {
    return choices[this.below(choices.length)];
  }
}
