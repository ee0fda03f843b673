// The controls of one shot, in their own units. What they do to the grade is the server's arithmetic, not ours.

import { Wheels, together, withTogether } from "./wheels.js";

const CDL_ROWS = [["slope", 0.005], ["offset", 0.002], ["power", 0.005]];
const CHANNELS = ["red", "green", "blue"];

export const neutral = () => ({ strength: 1, corrections: {}, cdl: null, lut: true, look: "", look_mix: 1 });

export const isNeutral = (controls) =>
  controls.strength === 1 && controls.cdl === null && controls.lut && !controls.look &&
  Object.values(controls.corrections).every((value) => value === 0);

export class Sliders {
  /** onInput(controls): something was moved. */
  constructor({ sliders, wheels, table, corrections, onInput }) {
    this.onInput = onInput;
    this.controls = neutral();
    this.rows = [this.#slider(sliders, { name: "strength", unit: "%", low: 0, high: 150, neutral: 100, say: "Strength" },
      () => 100 * this.controls.strength, (value) => { this.controls.strength = value / 100; })];
    for (const each of corrections) {
      this.rows.push(this.#slider(sliders, { ...each, neutral: 0, say: each.name.replace("_", " ") },
        () => this.controls.corrections[each.name] ?? 0, (value) => { this.controls.corrections[each.name] = value; }));
    }
    this.wheels = new Wheels(wheels, { read: () => this.cdl, write: (cdl) => this.#set(cdl) });
    this.#cdl(table);
  }

  /** Show controls, and the CDL that they make. */
  show(controls, cdl) {
    this.controls = structuredClone(controls);
    for (const row of this.rows) row();
    this.showCdl(cdl);
  }

  /** The CDL that was made of the controls. One that was set by hand stands: answers may be older than it. */
  showCdl(cdl) {
    const { controls } = this;
    const byHand = controls.cdl && controls.strength === 1 && Object.values(controls.corrections).every((value) => value === 0);
    this.#tell(byHand ? controls.cdl : cdl);
  }

  #tell(cdl) {
    this.cdl = cdl;
    this.wheels.show(cdl);
    for (const [input, read] of this.inputs) if (document.activeElement !== input) input.value = read(cdl).toFixed(4);
  }

  /** The values that are shown are the base from here on: strength and corrections are in them already. */
  #set(cdl) {
    this.controls = { ...this.controls, strength: 1, corrections: {}, cdl };
    for (const row of this.rows) row();
    this.#tell(cdl);
    this.onInput(this.controls);
  }

  /** By `share` of its range, up or down. */
  nudgeStrength(share) {
    this.controls.strength = Math.max(0, Math.min(1.5, Math.round((this.controls.strength + share) * 100) / 100));
    this.rows[0]();
    this.onInput(this.controls);
  }

  #slider(parent, { name, unit, low, high, neutral: rest, say }, read, write) {
    const line = document.createElement("div");
    line.className = "slider";
    const label = document.createElement("label");
    label.textContent = say[0].toUpperCase() + say.slice(1);
    label.htmlFor = `slider-${name}`;
    // Neutral is in the middle: the shorter side of a range is drawn out to the length of the longer one.
    const reach = Math.max(rest - low, high - rest);
    const room = (far) => (far < 0 ? rest - low : high - rest) / reach;
    const range = input("range", { id: `slider-${name}`, class: "centred", min: rest - reach, max: rest + reach, step: reach / 150 });
    const number = input("number", { min: low, max: high, step: unit === "stop" ? 0.01 : 0.5 });
    number.setAttribute("aria-label", `${label.textContent}, ${unit}`);
    const value = document.createElement("div");
    value.className = "value";
    value.append(number, unit === "stop" ? "st" : unit);
    line.append(label, range, value);
    parent.append(line);
    const digits = unit === "stop" ? 2 : 1;
    const show = () => {
      const far = read() - rest;
      range.value = rest + far / room(far);
      range.setAttribute("aria-valuetext", `${read().toFixed(digits)} ${unit}`);
      if (document.activeElement !== number) number.value = read().toFixed(digits);
    };
    const place = () => Number(range.value) - rest;
    const set = (text) => {
      const wanted = Number(text);
      if (!String(text).trim() || !Number.isFinite(wanted)) {
        number.value = read().toFixed(digits); // an emptied field is no zero
        return;
      }
      write(Math.max(low, Math.min(high, Math.abs(wanted - rest) < (high - low) / 400 ? rest : wanted)));
      show();
      this.onInput(this.controls);
    };
    range.addEventListener("input", () => set(rest + place() * room(place())));
    number.addEventListener("change", () => set(number.value));
    escapes(number, () => read().toFixed(digits));
    label.addEventListener("dblclick", () => set(rest));
    range.addEventListener("dblclick", () => set(rest));
    range.addEventListener("keydown", (event) => { if (event.key === "Backspace" || event.key === "Delete") set(rest); });
    label.title = range.title = "Double-click or Backspace: neutral";
    return show;
  }

  #cdl(table) {
    this.inputs = [];
    const head = table.createTHead().insertRow();
    for (const text of ["", ...CHANNELS, "all"]) {
      const cell = document.createElement(text ? "th" : "td");
      if (text) cell.scope = "col";
      cell.textContent = text;
      head.append(cell);
    }
    const body = table.createTBody();
    for (const [name, step] of CDL_ROWS) {
      const line = this.#row(body, name);
      const low = { slope: 0, offset: null, power: 0.01 }[name];
      CHANNELS.forEach((channel, index) => this.#number(line, `${name}, ${channel}`, step, low,
        (cdl) => cdl[name][index], (cdl, value) => { cdl[name][index] = value; }));
      this.#number(line, `${name}, all channels`, step, low === null ? null : 0.01,
        (cdl) => together(name, cdl[name]), (cdl, value) => { cdl[name] = withTogether(name, cdl[name], value); });
    }
    this.#number(this.#row(body, "saturation"), "saturation", 0.01, 0, (cdl) => cdl.saturation, (cdl, value) => { cdl.saturation = value; });
  }

  #row(body, name) {
    const line = body.insertRow();
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = name;
    line.append(head);
    return line;
  }

  #number(line, label, step, low, read, write) {
    const number = input("number", { step, ...(low === null ? {} : { min: low }) });
    number.setAttribute("aria-label", label);
    line.insertCell().append(number);
    this.inputs.push([number, read]);
    escapes(number, () => read(this.cdl).toFixed(4));
    number.addEventListener("change", () => {
      const value = Number(number.value);
      if (!number.value.trim() || !Number.isFinite(value) || (low !== null && value < low)) {
        number.value = read(this.cdl).toFixed(4);
        return;
      }
      const cdl = structuredClone(this.cdl);
      write(cdl, value);
      this.#set(cdl);
    });
  }
}

/** What was typed and not entered is given up with Escape. */
function escapes(number, text) {
  number.addEventListener("keydown", (event) => { if (event.key === "Escape") number.value = text(); });
}

function input(type, attributes) {
  const made = document.createElement("input");
  made.type = type;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
