// Slope, offset and power as colour wheels: a puck for the balance of the channels, a slider for all three together.
// Each moves the picture towards the colour it is moved to; what they set are the plain numbers of the ASC CDL.

/** ratio: channels are multiplied, so that their logarithms move. sign: a higher power is darker. reach: of the puck at the rim. */
const KINDS = {
  slope: { title: "Slope", told: "gain", ratio: true, sign: 1, reach: 0.35, span: 0.7 },
  offset: { title: "Offset", told: "lift", ratio: false, sign: 1, reach: 0.12, span: 0.25 },
  power: { title: "Power", told: "gamma", ratio: true, sign: -1, reach: 0.35, span: 0.7 },
};
const NAMES = ["red", "yellow", "green", "cyan", "blue", "magenta"];
const RED_DEGREES = 105; // green and blue a third of the circle on, as on a vectorscope
const ANGLES = [0, 1, 2].map((channel) => ((RED_DEGREES + 120 * channel) * Math.PI) / 180);
const FINE = 0.3; // of the pointer's way: a wheel is for small moves
const STEP = 0.02; // of the radius, for an arrow key; five times as much with Shift

/** Three channel values as the place of a puck (1: the rim) and the value of the slider. */
export function toWheel(kind, values) {
  const { ratio, sign, reach } = KINDS[kind];
  const moved = values.map((value) => (ratio ? sign * Math.log(Math.max(value, 0.01)) : value));
  const master = (moved[0] + moved[1] + moved[2]) / 3;
  const along = (way) => (2 / 3 / reach) * moved.reduce((sum, value, channel) => sum + value * way(ANGLES[channel]), 0);
  return { x: along(Math.cos), y: along(Math.sin), master };
}

/** The other way. */
export function fromWheel(kind, { x, y, master }) {
  const { ratio, sign, reach } = KINDS[kind];
  return ANGLES.map((angle) => {
    const moved = master + reach * (x * Math.cos(angle) + y * Math.sin(angle));
    return ratio ? Math.exp(sign * moved) : moved;
  });
}

/** All three channels as one number: their mean, of ratios the geometric one. */
export const together = (kind, values) => {
  const { ratio, sign } = KINDS[kind];
  const { master } = toWheel(kind, values);
  return ratio ? Math.exp(sign * master) : master;
};

/** Values whose `together` is `wanted`, and whose balance is that of `values`. */
export const withTogether = (kind, values, wanted) => {
  const { ratio, sign } = KINDS[kind];
  const master = ratio ? sign * Math.log(Math.max(wanted, 0.01)) : wanted;
  return fromWheel(kind, { ...toWheel(kind, values), master });
};

export class Wheels {
  /** read(): the CDL as it stands. write(cdl): it was moved. */
  constructor(parent, { read, write }) {
    this.shows = Object.keys(KINDS).map((kind) => this.#wheel(parent, kind, read, write));
  }

  show(cdl) {
    for (const show of this.shows) show(cdl);
  }

  #wheel(parent, kind, read, write) {
    const { title, told, span } = KINDS[kind];
    const whole = div("wheel");
    whole.setAttribute("role", "group");
    whole.setAttribute("aria-label", `${title} (${told})`);
    const name = div("title");
    name.textContent = `${title} · ${told}`;
    const disc = div("disc");
    disc.tabIndex = 0;
    disc.title = "Drag, or arrow keys (Shift: coarse). Double-click or Backspace: no balance.";
    for (const [attribute, value] of Object.entries({ role: "slider", "aria-label": `${title}, balance`, "aria-valuemin": 0, "aria-valuemax": 100 })) disc.setAttribute(attribute, value);
    const puck = div("puck");
    disc.append(puck);
    const master = document.createElement("input");
    Object.assign(master, { type: "range", min: -span, max: span, step: span / 200, title: "Double-click or Backspace: neutral", className: "centred" });
    master.setAttribute("aria-label", `${title}, all channels`);
    whole.append(name, disc, master);
    parent.append(whole);

    const place = () => toWheel(kind, read()[kind]);
    const move = (wanted) => write({ ...read(), [kind]: fromWheel(kind, { ...place(), ...wanted }) });
    puckByPointer(disc, place, move);
    disc.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      const resets = event.key === "Backspace" || event.key === "Delete";
      if (!(step || resets) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      const far = STEP * (event.shiftKey ? 5 : 1);
      const { x, y } = place();
      move(resets ? { x: 0, y: 0 } : { x: x + far * step[0], y: y + far * step[1] });
    });
    disc.addEventListener("dblclick", () => move({ x: 0, y: 0 }));
    master.addEventListener("input", () => move({ master: Number(master.value) }));
    master.addEventListener("dblclick", () => move({ master: 0 }));
    master.addEventListener("keydown", (event) => { if (event.key === "Backspace" || event.key === "Delete") move({ master: 0 }); });

    return (cdl) => {
      const at = toWheel(kind, cdl[kind]);
      const far = Math.hypot(at.x, at.y);
      const shown = Math.min(1, far) / (far || 1);
      puck.style.left = `${50 + 46 * at.x * shown}%`;
      puck.style.top = `${50 - 46 * at.y * shown}%`;
      master.value = at.master;
      master.setAttribute("aria-valuetext", together(kind, cdl[kind]).toFixed(3));
      disc.setAttribute("aria-valuenow", Math.round(100 * Math.min(1, far)));
      disc.setAttribute("aria-valuetext", far < 0.005 ? "neutral" : `${Math.round(100 * far)} % towards ${hue(at)}`);
    };
  }
}

function hue({ x, y }) {
  const degrees = (Math.atan2(y, x) * 180) / Math.PI - RED_DEGREES;
  return NAMES[Math.round((degrees + 720) / 60) % 6];
}

/** The puck goes the pointer's way, not to it: a touch alone changes nothing. */
function puckByPointer(disc, place, move) {
  let held = null;
  disc.addEventListener("pointerdown", (event) => {
    held = { ...place(), left: event.clientX, top: event.clientY };
    disc.setPointerCapture(event.pointerId);
  });
  disc.addEventListener("pointermove", (event) => {
    if (!held) return;
    const radius = disc.clientWidth / 2;
    const [right, up] = [event.clientX - held.left, held.top - event.clientY];
    if (right || up) move({ x: held.x + (FINE * right) / radius, y: held.y + (FINE * up) / radius });
  });
  for (const kind of ["pointerup", "pointercancel"]) disc.addEventListener(kind, () => { held = null; });
}

function div(name) {
  const made = document.createElement("div");
  made.className = name;
  return made;
}
