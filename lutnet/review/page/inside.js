// Cuts inside a shot, which one grade cannot serve: where they are.

import { byId } from "./dom.js";

export class CutsInside {
  /** player: of the page. */
  constructor(player) {
    this.player = player;
    this.frames = []; // of the shot: the first of every further shot that it holds
    byId("go-to-cut").addEventListener("click", () => {
      player.pause();
      player.seek(this.frames.find((frame) => frame > player.frame) ?? this.frames[0]);
    });
  }

  /** details: of the shot at hand. */
  show({ cuts_inside: cuts, media }) {
    const film = media && media.kind === "video";
    this.frames = film ? cuts.map((cut) => Math.max(0, Math.min(media.frames - 1, cut - media.first))) : [];
    byId("inside").hidden = !this.frames.length;
    byId("inside-facts").textContent = `Another shot from frame ${this.frames.map((frame) => frame + 1).join(", ")} on.`;
  }
}
