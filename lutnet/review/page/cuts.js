// How far the colours jump at the cuts, and which of them the grades made worse: figures by the shot after the cut.

import { api } from "./api.js";

const AGAIN_MS = 1000; // after a decision: one that is followed by others is not worth a measurement of its own
const POLL_MS = 250;

export class Cuts {
  /** onMeasured(): the figures are others. */
  constructor(onMeasured) {
    this.onMeasured = onMeasured;
    this.figures = {};
  }

  /** Measure what is not known. say(left): hears how many cuts are to go. */
  async measure(say = () => {}) {
    clearTimeout(this.timer);
    for (;;) {
      const { cuts, waiting } = await api.cuts();
      this.figures = cuts;
      if (!waiting) break;
      say(waiting);
      await new Promise((go) => setTimeout(go, POLL_MS));
    }
    this.onMeasured();
  }

  /** Shots were decided about: measure again soon. A server that does not answer is asked when it is asked again. */
  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.measure().catch(() => {}), AGAIN_MS);
  }

  badness(id) {
    return this.figures[id]?.badness ?? -1;
  }

  worsened(id) {
    return this.figures[id]?.worsened ?? false;
  }

  /** In words; "" where nothing is known. */
  words(id) {
    const cut = this.figures[id];
    if (!cut) return "";
    const [before, after] = cut.delta_e ? cut.delta_e.map((value) => value.toFixed(1)) : cut.levels.map((value) => value.toFixed(2));
    return `${cut.delta_e ? "ΔE" : "levels"} ${before}, graded ${after}`;
  }
}
