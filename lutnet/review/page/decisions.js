// What is decided, on its way to the server's disk: in order, at once, and never forgotten while it cannot be saved.

import { api } from "./api.js";
import { isNeutral } from "./sliders.js";

const SAVE_AFTER_MS = 250;
const CONFLICT = 409; // another window was faster
const WRONG = 400;
export const OFFLINE = "The server does not answer: nothing is saved until it runs again.";

export class Decisions {
  /**
   * shots: outlines by id. history: steps that can be taken back. onLearned(outlines): as the server has them now.
   * onProblem(text): "" where there is none any more. onRefused(): what stands is not what was decided here.
   */
  constructor({ shots, history, onLearned, onProblem, onRefused }) {
    Object.assign(this, { shots, history, onLearned, onProblem, onRefused });
    this.saving = null; // what waits for the end of a movement
    this.unsaved = new Map(); // what could not be saved, by shot
    this.sending = 0;
    this.queue = Promise.resolve(null);
  }

  /** What of shot `id` is on no disk yet: { controls, note, based }, or undefined. */
  pending(id) {
    return this.saving?.id === id ? this.saving.change : this.unsaved.get(id);
  }

  /** Save a little after the last movement: a drag is one decision, not a hundred. change: { controls, note, based }. */
  saveSoon(id, change) {
    clearTimeout(this.saving?.timer);
    const merged = { ...this.unsaved.get(id), ...this.saving?.change, ...change };
    this.unsaved.delete(id);
    this.saving = { id, change: merged, timer: setTimeout(() => this.saved(), SAVE_AFTER_MS) };
  }

  /** Save what waits to be saved. What cannot be (a full disk, a server that is gone) is kept, and tried again. */
  async saved() {
    if (!this.saving) return;
    const { id, change, timer } = this.saving;
    clearTimeout(timer);
    this.saving = null;
    await this.#save(id, change);
  }

  async again() {
    if (this.saving || this.sending) return;
    for (const [id, change] of this.unsaved) await this.#save(id, change);
  }

  /** Shot `id` is decided anew: what waited is no longer wanted. */
  forget(id) {
    if (this.saving?.id === id) {
      clearTimeout(this.saving.timer);
      this.saving = null;
    }
    this.unsaved.delete(id);
  }

  /** Send decisions, one after the other: each states the stamp that the one before it left. Null: on the server's disk; else the error. */
  decide(wishes, remember = true) {
    this.sending += 1;
    this.queue = this.queue.then(() => this.#send(wishes, remember)).finally(() => { this.sending -= 1; });
    return this.queue;
  }

  /** Take the last step back, or do it once more; the ids of its shots, none where that failed. */
  async step(again) {
    await this.saved();
    const wishes = this.history.wishes(again);
    if (!wishes || (await this.decide(wishes, false))) return [];
    this.history.moved(again);
    return wishes.map(({ id }) => id);
  }

  async #save(id, change) {
    const note = change.note ?? this.shots.get(id).note;
    let wish = { id, note, keep: true };
    if (change.controls) {
      const still = isNeutral(change.controls) && !change.based;
      wish = { id, note, ...(still ? { status: "proposed" } : { status: "changed", controls: change.controls }) };
    }
    this.unsaved.set(id, change);
    const error = await this.decide([wish]);
    if (error && error.status !== CONFLICT && error.status !== WRONG) return this.onProblem(`Not saved yet, and tried again: ${error.message}`);
    if (this.unsaved.get(id) === change) this.unsaved.delete(id);
  }

  async #send(wishes, remember) {
    const before = new Map(wishes.map(({ id }) => [id, this.shots.get(id).stamp]));
    try {
      const outlines = await api.decide(wishes.map((wish) => ({ stamp: before.get(wish.id), ...wish })));
      this.onLearned(outlines);
      const changes = outlines.map(({ id, stamp }) => ({ id, from: before.get(id), to: stamp })).filter(({ from, to }) => from !== to);
      if (remember && changes.length) this.history.add(changes);
      this.onProblem("");
      return null;
    } catch (error) {
      this.onProblem(error instanceof TypeError ? OFFLINE : error.message);
      setTimeout(() => this.onRefused(), 0);
      return error;
    }
  }
}
