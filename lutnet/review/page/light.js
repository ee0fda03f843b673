// Light that changes inside a shot: where, and how it would look cut in two there, each part with a grade of its own.

import { byId } from "./dom.js";

export class ChangingLight {
  /** renderer, player: of the page. onChange(): the picture has to be drawn anew. */
  constructor(renderer, player, onChange) {
    this.renderer = renderer;
    this.player = player;
    this.frame = 0; // the first of the second part, in the shot
    this.halves = [];
    this.whole = null; // the shot's one CDL
    byId("go-to-light").addEventListener("click", () => { player.pause(); player.seek(this.frame); });
    byId("two-grades").addEventListener("change", () => { this.follow(); onChange(); });
  }

  /** details: of the shot at hand. proposed: whether its grade is the one that the two are offered for. */
  show(details, proposed) {
    const { light_change: light, media } = details;
    const box = byId("two-grades");
    byId("light").hidden = !light || !media || media.kind !== "video";
    this.halves = byId("light").hidden ? [] : light.halves;
    box.checked = box.checked && proposed && this.halves.length > 0;
    box.disabled = !proposed || !this.halves.length;
    if (byId("light").hidden) return;
    this.frame = Math.max(0, Math.min(media.frames - 1, light.frame - media.first));
    const word = light.stops > 0 ? "brighter" : "darker";
    byId("light-facts").textContent = `${Math.abs(light.stops).toFixed(1)} stop ${word} around ${light.place}.`;
  }

  /** The shot's CDL, or that of the part which the film is at. */
  follow(cdl = this.whole) {
    this.whole = cdl;
    if (cdl) this.renderer.cdl = byId("two-grades").checked ? this.halves[this.player.frame < this.frame ? 0 : 1] : cdl;
  }
}
