// The timeline as a strip of shots. Only what is in sight is in the page, so that 1,500 shots cost what 15 do.

import { showName } from "./dom.js";

const STEP = 10.72; // rem: what a cell takes
const SPARE = 4;
export const MARKS = { proposed: "· open", approved: "✓ approved", changed: "✎ changed", rejected: "✕ rejected", skipped: "– skipped" };

const LOADING = 3; // pictures at a time: a browser has six connections to the server, and the shot at hand needs some

/** Pictures for cells, a few at a time; what flew by is not asked for. */
class Pictures {
  constructor() {
    this.waiting = new Map();
    this.loading = 0;
  }

  want(image, address) {
    if (image.dataset.wanted === address) return;
    image.dataset.wanted = address;
    this.waiting.set(image, address);
    this.#next();
  }

  forget(image) {
    this.waiting.delete(image);
  }

  #next() {
    for (const [image, address] of this.waiting) {
      if (this.loading >= LOADING) return;
      this.waiting.delete(image);
      this.loading += 1;
      this.#load(image, address);
    }
  }

  async #load(image, address) {
    const picture = new Image();
    picture.src = address;
    await picture.decode().catch(() => {}); // aside; what cannot be read stays blank
    if (image.dataset.wanted === address) image.src = address;
    this.loading -= 1;
    this.#next();
  }
}

export class Strip {
  /**
   * onPick(id, how): the shot that was clicked, or reached with the arrow keys; how: `alone`, `more` (with Ctrl),
   * `through` (with Shift). thumb(shot): address of its picture. flagged(id): whether the cut into it was made worse.
   */
  constructor(parent, { onPick, thumb, flagged }) {
    Object.assign(this, { thumb, flagged });
    this.shots = [];
    this.step = 150;
    this.current = null;
    this.selected = new Set();
    this.cells = new Map();
    this.pictures = new Pictures();
    this.roll = document.createElement("div");
    this.roll.className = "roll";
    this.roll.tabIndex = 0;
    this.roll.setAttribute("role", "listbox");
    this.roll.setAttribute("aria-label", "Shots");
    this.roll.setAttribute("aria-multiselectable", "true");
    this.roll.setAttribute("aria-orientation", "horizontal");
    this.track = document.createElement("div");
    this.track.setAttribute("role", "presentation");
    this.roll.append(this.track);
    parent.append(this.roll);
    this.roll.addEventListener("scroll", () => this.#later(), { passive: true });
    this.roll.addEventListener("wheel", (event) => {
      if (Math.abs(event.deltaY) <= Math.abs(event.deltaX)) return;
      event.preventDefault();
      this.roll.scrollLeft += event.deltaY;
    }, { passive: false });
    this.roll.addEventListener("click", (event) => {
      const cell = event.target.closest(".cell");
      if (cell) onPick(cell.dataset.id, event.shiftKey ? "through" : event.ctrlKey || event.metaKey ? "more" : "alone");
    });
    this.roll.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
      if (!step || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      const at = Math.max(0, Math.min(this.shots.length - 1, this.#index(this.current) + step));
      if (this.shots[at]) onPick(this.shots[at].id, "alone");
    });
    new ResizeObserver(() => this.#fit()).observe(this.roll);
  }

  /** Letters are larger on larger screens, and cells with them. */
  #fit() {
    const step = Math.round(STEP * parseFloat(getComputedStyle(document.documentElement).fontSize));
    if (step === this.step) return this.#later();
    this.step = step;
    this.show(this.shots, this.current, this.selected);
  }

  /** shots: outlines, in the order to show them. current: the id of the one at hand. selected: a set of ids. */
  show(shots, current, selected) {
    this.shots = shots;
    this.selected = selected;
    this.places = new Map(shots.map((shot, index) => [shot.id, index]));
    this.track.style.width = `${shots.length * this.step}px`;
    this.current = current;
    for (const id of [...this.cells.keys()]) this.#drop(id);
    this.#draw();
    this.#reveal();
  }

  choose(id, selected) {
    this.current = id;
    this.selected = selected;
    if (!this.places) return;
    this.#reveal();
    this.#draw();
    for (const cell of this.cells.values()) this.#mark(cell);
    this.roll.setAttribute("aria-activedescendant", this.cells.get(id)?.id ?? "");
  }

  /** A shot's outline has changed. */
  refresh(shot) {
    const index = this.places.get(shot.id);
    if (index === undefined) return;
    this.shots[index] = shot;
    const cell = this.cells.get(shot.id);
    if (cell) this.#fill(cell, shot);
  }

  /** The cuts are told otherwise. */
  flag() {
    for (const [id, cell] of this.cells) this.#flag(cell, id);
  }

  #index(id) {
    return this.places?.get(id) ?? -1;
  }

  #reveal() {
    const index = this.#index(this.current);
    if (index < 0) return;
    const [left, right] = [index * this.step, (index + 1) * this.step];
    const { scrollLeft, clientWidth } = this.roll;
    if (left < scrollLeft) this.roll.scrollLeft = left - this.step / 2;
    else if (right > scrollLeft + clientWidth) this.roll.scrollLeft = right - clientWidth + this.step / 2;
  }

  #later() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = undefined;
      this.#draw();
    });
  }

  #draw() {
    const first = Math.max(0, Math.floor(this.roll.scrollLeft / this.step) - SPARE);
    const end = Math.min(this.shots.length, Math.ceil((this.roll.scrollLeft + this.roll.clientWidth) / this.step) + SPARE);
    for (const id of [...this.cells.keys()]) {
      const index = this.places.get(id);
      if (index < first || index >= end) this.#drop(id);
    }
    for (let index = first; index < end; index += 1) {
      const shot = this.shots[index];
      if (!this.cells.has(shot.id)) this.cells.set(shot.id, this.#cell(shot, index));
    }
  }

  #drop(id) {
    const cell = this.cells.get(id);
    this.pictures.forget(cell.querySelector("img"));
    cell.remove();
    this.cells.delete(id);
  }

  #cell(shot, index) {
    const cell = document.createElement("div");
    cell.className = "cell";
    cell.id = `cell-${shot.id}`;
    cell.dataset.id = shot.id;
    cell.setAttribute("role", "option");
    cell.setAttribute("aria-setsize", this.shots.length);
    cell.setAttribute("aria-posinset", index + 1);
    this.#mark(cell);
    cell.style.transform = `translateX(${index * this.step}px)`;
    const picture = document.createElement("img");
    picture.alt = "";
    picture.decoding = "async";
    const name = document.createElement("div");
    name.className = "name";
    const under = document.createElement("div");
    under.className = "under";
    const mark = document.createElement("span");
    const meter = document.createElement("meter");
    under.append(mark, meter);
    const flag = document.createElement("span");
    flag.className = "flag worse";
    flag.textContent = "▲ cut worse";
    flag.title = "The cut into this shot is worse with the grades than without";
    cell.append(picture, name, under, flag);
    this.#fill(cell, shot);
    this.track.append(cell);
    return cell;
  }

  #mark(cell) {
    const { id } = cell.dataset;
    cell.setAttribute("aria-selected", String(this.selected.has(id)));
    if (id === this.current) cell.setAttribute("aria-current", "true");
    else cell.removeAttribute("aria-current");
  }

  #flag(cell, id) {
    const worse = this.flagged(id);
    cell.lastElementChild.hidden = !worse;
    const { name, status, confidence } = this.shots[this.places.get(id)];
    const sure = confidence === null ? [] : [`confidence ${Math.round(100 * confidence)} %`];
    cell.setAttribute("aria-label", [name, MARKS[status].slice(2), ...sure, ...(worse ? ["cut made worse"] : [])].join(", "));
  }

  #fill(cell, shot) {
    this.#flag(cell, shot.id);
    const [picture, name, under] = cell.children;
    const [mark, meter] = under.children;
    const source = shot.skipped ? null : this.thumb(shot);
    if (source) this.pictures.want(picture, source);
    showName(name, shot.name);
    cell.title = shot.name;
    mark.textContent = MARKS[shot.status];
    mark.className = shot.status;
    meter.hidden = shot.confidence === null;
    meter.value = shot.confidence ?? 0;
    meter.setAttribute("aria-label", `confidence ${Math.round(100 * (shot.confidence ?? 0))} %`);
    meter.title = meter.getAttribute("aria-label");
  }
}
