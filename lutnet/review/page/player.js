// The shot in motion: the real clip where the browser plays it, its proxy where it does not, a still where it stands.

import { api } from "./api.js";
import { decodeStill } from "./renderer.js";

const FORGET = 0.95; // a frame
const TOO_LATE = 2.5; // one hiccup is none of the grade's
const STALE_MS = 400; // a picture of the shot before that stays longer would be taken for this one's
const HALF = 0.5; // seeks go to the middle of a frame: rounded times cannot make it another one

export class Player {
  /** onFrame(): a new picture is on the card. onState(): place, length or play state changed. onEnd(): a shot's last frame was passed. onLate(): several frames of late were not shown in time. */
  constructor(film, renderer, { onFrame, onState, onEnd, onWait, onLate }) {
    Object.assign(this, { film, renderer, onFrame, onState, onEnd, onWait, onLate });
    this.media = null;
    this.frame = 0;
    this.wanted = null; // the frame that was asked for, while the film stands
    this.reverse = null;
    this.turn = 0;
    this.late = 0; // frames that were missed, those long ago counting less
    this.shown = 0; // frames that were drawn from the film
    film.addEventListener("play", () => onState());
    film.addEventListener("pause", () => onState());
    film.addEventListener("ended", () => onEnd());
    film.addEventListener("error", () => this.#failed());
    this.#watch();
  }

  get frames() { return this.media?.frames ?? 1; }
  get playing() { return (!this.film.paused && this.isFilm) || this.reverse !== null; }
  get isFilm() { return this.media?.kind === "video"; }

  /** Show a shot from its first frame; `play` goes on playing. */
  async open(shot, details, { play = false } = {}) {
    const turn = (this.turn += 1);
    this.pause();
    this.shot = shot;
    this.media = details.media;
    this.frame = 0;
    this.usesProxy = false;
    this.address = null; // of the film that is to be shown
    this.onWait("");
    clearTimeout(this.stale);
    if (!this.media) return this.#dark("This clip has no media to show.");
    this.stale = setTimeout(() => this.#overdue(), STALE_MS);
    if (!this.isFilm) return this.#still(turn);
    this.start = this.media.start;
    if (this.media.direct) this.#load(api.media(shot.id));
    else await this.#proxy(turn);
    if (turn !== this.turn) return;
    this.seek(0);
    if (play) await this.play();
    this.onState();
  }

  async play(rate = 1) {
    if (!this.isFilm) return;
    this.#stopReverse();
    if (this.frame >= this.frames - 1) this.seek(0);
    this.wanted = null;
    this.film.playbackRate = rate;
    await this.film.play().catch(() => {});
  }

  pause() {
    this.#stopReverse();
    this.film.pause();
  }

  /** Backwards, as fast as the browser seeks. */
  rewind() {
    if (!this.isFilm) return;
    this.film.pause();
    this.#stopReverse();
    const step = () => {
      if (this.reverse === null) return;
      if (this.frame <= 0) return this.pause();
      this.seek(this.frame - 1);
      this.film.addEventListener("seeked", () => { this.reverse = setTimeout(step, 1000 / this.media.rate); }, { once: true });
    };
    this.reverse = setTimeout(step, 0);
    this.onState();
  }

  seek(frame) {
    this.frame = Math.max(0, Math.min(this.frames - 1, Math.round(frame)));
    this.wanted = this.film.paused ? this.frame : null;
    if (this.isFilm) this.film.currentTime = this.start + (this.frame + HALF) / this.media.rate;
    this.onState();
  }

  /** Nothing of the shot before must stay: it would be taken for this one. */
  #dark(text) {
    const dark = Object.assign(document.createElement("canvas"), { width: 16, height: 9 });
    dark.getContext("2d").fillRect(0, 0, 16, 9);
    this.renderer.upload(dark, 16, 9);
    this.onFrame(true);
    this.onState();
    this.onWait(text);
  }

  /** The shot's first picture takes its time. A film that was asked for the frame it shows already shows no other. */
  #overdue() {
    const { film } = this;
    const ready = this.isFilm && film.getAttribute("src") === this.address && !film.seeking && film.readyState >= film.HAVE_CURRENT_DATA;
    if (ready) this.#show(film.currentTime);
    else this.#dark("Loading…");
  }

  async #still(turn) {
    const response = await fetch(api.still(this.shot.id, "middle"));
    if (!response.ok) return this.onWait("This picture cannot be shown.");
    const bitmap = await decodeStill(await response.blob());
    if (turn !== this.turn) return;
    clearTimeout(this.stale);
    this.onWait("");
    this.renderer.upload(bitmap, bitmap.width, bitmap.height);
    this.onFrame(true);
    this.onState();
  }

  async #proxy(turn) {
    this.usesProxy = true;
    this.start = 0;
    await this.#still(turn); // something to look at while the proxy is made
    if (turn !== this.turn) return;
    this.onWait("Making a proxy that browsers play…");
    const address = api.proxy(this.shot.id);
    const response = await fetch(address, { method: "HEAD" });
    if (turn !== this.turn) return;
    this.onWait(response.ok ? "" : "This media cannot be played.");
    if (response.ok) this.#load(address);
  }

  #load(address) {
    this.address = address;
    if (this.film.getAttribute("src") !== address) this.film.src = address;
  }

  #failed() {
    if (!this.isFilm || !this.film.getAttribute("src")) return;
    if (this.usesProxy) this.onWait("This media cannot be played.");
    else {
      const turn = this.turn;
      this.#proxy(turn).then(() => turn === this.turn && this.seek(this.frame));
    }
  }

  #watch() {
    this.film.requestVideoFrameCallback((now, facts) => {
      this.#watch();
      this.#show(facts.mediaTime);
    });
  }

  #show(time) {
    const { film } = this;
    if (!this.isFilm || !film.videoWidth) return;
    const frame = Math.floor((time - this.start) * this.media.rate + 0.01);
    if (!film.paused && frame >= this.frames) {
      // While it is on its way back, frames from beyond the end may still come: they must not send it again.
      if (!film.seeking) this.onEnd();
      return;
    }
    if (!film.paused && film.playbackRate === 1 && frame > this.frame) this.#missed(frame - this.frame - 1);
    // On the way to a frame that was asked for, older ones may still be shown, and some files' times lie beside it.
    this.frame = this.wanted ?? Math.max(0, Math.min(this.frames - 1, frame));
    clearTimeout(this.stale);
    this.renderer.upload(film, film.videoWidth, film.videoHeight);
    this.shown += 1;
    this.onWait("");
    this.onFrame(!this.playing);
    this.onState();
  }

  #missed(count) {
    this.late = FORGET * this.late + Math.min(1, count);
    if (this.late < TOO_LATE) return;
    this.late = 0;
    this.onLate();
  }

  #stopReverse() {
    clearTimeout(this.reverse);
    this.reverse = null;
  }
}
