// Which shots are listed, in which order, which of them are selected, and how they meet at the cuts.

import { api } from "./api.js";
import { Cuts } from "./cuts.js";
import { byId, showName } from "./dom.js";
import { recalled, remember } from "./place.js";
import { MARKS, Strip } from "./strip.js";

const LOW_CONFIDENCE = 0.6;
const FILTERS = [
  ["all", "all shots", () => true],
  ["open", "open", (shot) => shot.status === "proposed"],
  ["approved", "approved", (shot) => shot.status === "approved"],
  ["changed", "changed", (shot) => shot.status === "changed"],
  ["rejected", "rejected", (shot) => shot.status === "rejected"],
  ["low", "low confidence", (shot) => shot.confidence !== null && shot.confidence < LOW_CONFIDENCE],
  ["noted", "with a note", (shot) => shot.note !== ""],
  ["skipped", "skipped", (shot) => shot.status === "skipped"],
];
const MEASURED = ["cuts", "worse"]; // the order and the filter that go by the figures of the cuts


export class Timeline {
  /** shots: outlines by id, in the timeline's order. onChoose(id): a shot is wanted. onSelect(): the selection is another. */
  constructor(shots, { onChoose, onSelect }) {
    this.shots = shots;
    this.onChoose = onChoose;
    this.onSelect = onSelect;
    this.visible = [];
    this.cuts = new Cuts(() => { this.strip.flag(); if (this.current) this.showCuts(); });
    this.current = null;
    this.selected = new Set(); // with the current one
    this.filters = [...FILTERS, ["worse", "cuts made worse", ({ id }) => this.cuts.worsened(id)]];
    this.orders = [
      ["timeline", "of the timeline", null],
      ["unsure", "least confident first", (shot) => shot.confidence ?? 2],
      ["scenes", "scene by scene", (shot) => shot.scene ?? Infinity],
      ["cuts", "worst cuts first", ({ id }) => -this.cuts.badness(id)],
    ];
    this.strip = new Strip(byId("strip"), { onPick: (id, how) => this.#pick(id, how), thumb: (shot) => api.thumb(shot), flagged: (id) => this.cuts.worsened(id) });
  }

  /** Offer the filters and orders, and listen to them. */
  async listen(corrections) {
    const scenes = new Map();
    for (const { scene } of this.shots.values()) if (scene !== null) scenes.set(scene, (scenes.get(scene) ?? 0) + 1);
    const some = scenes.size > 1 ? [...scenes].toSorted(([one], [two]) => one - two) : [];
    for (const [scene, count] of some) this.filters.push([`scene-${scene}`, `scene ${scene} (${count})`, (shot) => shot.scene === scene]);
    for (const { name } of corrections) this.filters.push([`fault-${name}`, `fault: ${name.replace("_", " ")}`, (shot) => shot.faults.includes(name)]);
    byId("filter").replaceChildren(...this.filters.map(([value, text]) => new Option(text, value)));
    byId("order").replaceChildren(...this.orders.map(([value, text]) => new Option(text, value)));
    for (const id of ["filter", "order"]) {
      const { [id]: before } = recalled();
      if ([...byId(id).options].some(({ value }) => value === before)) byId(id).value = before;
      byId(id).addEventListener("change", () => { remember({ [id]: byId(id).value }); this.arrange(); });
    }
    await this.arrange();
  }

  async arrange() {
    const [filter, , wanted] = this.filters.find(([value]) => value === byId("filter").value);
    const [order, , weight] = this.orders.find(([value]) => value === byId("order").value);
    if (MEASURED.includes(order) || MEASURED.includes(filter)) {
      const say = (left) => this.showTally(`Measuring the cuts: ${left} to go…`);
      await this.cuts.measure(say).catch(() => {}); // without an answer, by what is known
    }
    this.visible = [...this.shots.values()].filter(wanted);
    if (weight) this.visible = this.visible.toSorted((one, two) => weight(one) - weight(two));
    this.select([]);
    this.strip.show([...this.visible], this.current, this.selected);
    this.showTally();
  }

  /** Shots were decided about, here or elsewhere. */
  learn(outlines) {
    if (outlines.some(({ id, stamp }) => this.shots.get(id)?.stamp !== stamp)) this.cuts.later();
    for (const outline of outlines) {
      const kept = {};
      for (const name of Object.keys(this.shots.get(outline.id) ?? outline)) kept[name] = outline[name];
      this.shots.set(outline.id, kept);
      this.strip.refresh(kept);
    }
    if (outlines.length) this.showTally();
  }

  /** Make `id` the shot at hand; the selection stays only if it holds it. */
  choose(id) {
    this.current = id;
    this.select(this.selected.has(id) ? [...this.selected] : []);
  }

  select(ids) {
    this.selected = new Set(this.current ? [this.current, ...ids] : ids);
    this.strip.choose(this.current, this.selected);
    this.onSelect();
  }

  selectAll() {
    this.select(this.visible.map(({ id }) => id));
  }

  /** Go one shot on (or back). */
  go(way) {
    const id = this.neighbour(way);
    if (id) this.#pick(id, "alone");
  }

  /** Go one shot on (or back), and keep what was passed selected. */
  extend(way) {
    const id = this.neighbour(way);
    if (!id) return;
    this.selected.add(id);
    this.onChoose(id);
  }

  /** The shot before (-1) or after (1) the current one in the list. */
  neighbour(way) {
    return this.visible[this.#at(this.current) + way]?.id;
  }

  /** The next shot, after `ids`, about which nothing was decided. */
  nextOpen() {
    const at = this.#at(this.current);
    const rest = [...this.visible.slice(at + 1), ...this.visible.slice(0, Math.max(at, 0))];
    return rest.find(({ id }) => this.shots.get(id).status === "proposed")?.id;
  }

  showTally(text) {
    const counts = {};
    for (const shot of this.shots.values()) counts[shot.status] = (counts[shot.status] ?? 0) + 1;
    const parts = Object.keys(MARKS).filter((status) => counts[status]).map((status) => `${counts[status]} ${MARKS[status].slice(2)}`);
    const [shown, all] = [this.visible.length, this.shots.size];
    byId("tally").textContent = byId("tally").title = text ?? `${shown === all ? all : `${shown} of ${all}`} shots: ${parts.join(", ")}`;
  }

  /** The last frame before the current shot beside its first, and its last beside the next one's first. */
  showCuts() {
    byId("cuts").replaceChildren(...this.#pairs().map(([one, two]) => {
      const figure = document.createElement("figure");
      const pair = document.createElement("div");
      pair.className = "pair";
      pair.append(still(one, "last"), still(two, "first"));
      const caption = document.createElement("figcaption");
      const into = two.id === this.current;
      caption.title = `${one.name} | ${two.name}`;
      showName(caption, into ? `from ${one.name}` : `to ${two.name}`);
      const told = document.createElement("p");
      told.textContent = this.cuts.words(two.id);
      const flag = document.createElement("p");
      flag.className = "worse";
      flag.textContent = this.cuts.worsened(two.id) ? "▲ worse with the grades" : "";
      figure.append(pair, caption, told, flag);
      return figure;
    }));
  }

  #at(id) {
    return this.visible.findIndex((shot) => shot.id === id);
  }

  /** how: `alone`, `more` (or less) beside what is selected, `through` all between it and the current one. */
  #pick(id, how) {
    if (how === "alone") {
      this.selected.clear();
      this.onChoose(id);
    } else if (how === "through") {
      const [from, to] = [this.#at(this.current), this.#at(id)].toSorted((one, two) => one - two);
      this.select(this.visible.slice(Math.max(from, 0), to + 1).map((shot) => shot.id));
    } else {
      const rest = [...this.selected].filter((one) => one !== id);
      this.select(this.selected.has(id) ? rest : [...rest, id]);
    }
  }

  /** The shots before and after on the same track, as they were edited. */
  #pairs() {
    const shot = this.shots.get(this.current);
    const track = [...this.shots.values()].filter((each) => each.track === shot.track);
    const at = track.findIndex(({ id }) => id === shot.id);
    return [[track[at - 1], shot], [shot, track[at + 1]]].filter((sides) => sides.every((side) => side && side.status !== "skipped"));
  }
}

function still(shot, place) {
  return Object.assign(document.createElement("img"), { src: api.thumb(shot, place), alt: `${place} frame of ${shot.name}`, loading: "lazy" });
}
