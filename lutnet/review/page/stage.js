// The picture on its stage: as large as fits, or nearer; wiped, side by side; moved by pointer and wheel.

import { byId } from "./dom.js";

const COARSEST = 0.5; // of the picture in motion, where the machine cannot keep up; what stands is always fine
const NEAREST = 16;
const FIT = { scale: 1, x: 0.5, y: 0.5 };

const within = (value, low, high) => Math.max(low, Math.min(high, value));

export class Stage {
  /** renderer: draws; moving(): whether the film plays. */
  constructor(renderer, moving) {
    this.renderer = renderer;
    this.moving = moving;
    this.size = { width: 64, height: 64 }; // in CSS pixels; asked for only when it changes, as the answer costs a layout
    this.fineness = 1;
    this.placed = "";
    this.canvas = byId("picture");
  }

  /** Listen to pointer, wheel and window. */
  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); this.#drag(event); });
    canvas.addEventListener("pointermove", (event) => { if (event.buttons) this.#drag(event); });
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.#near(this.view.zoom.scale * 1.0015 ** -event.deltaY, this.#place(event));
    }, { passive: false });
    canvas.addEventListener("dblclick", () => this.toggleZoom());
    byId("wipe").addEventListener("input", () => this.#wipe(Number(byId("wipe").value)));
    for (const input of document.querySelectorAll("[name=layout]")) input.addEventListener("change", () => this.lay(input.value));
    for (const input of document.querySelectorAll("[name=against]")) input.addEventListener("change", () => this.compare(input.value));
    new ResizeObserver(([{ contentRect }]) => { this.size = contentRect; this.fineness = 1; this.draw(); }).observe(byId("stage"));
  }

  get view() {
    return this.renderer.view;
  }

  draw() {
    const { renderer, size } = this;
    const fine = (window.devicePixelRatio || 1) * (this.moving() ? this.fineness : 1);
    renderer.draw([Math.max(64, size.width * fine), Math.max(64, size.height * fine)]);
    const { width, height } = this.canvas;
    const place = [width, height, size.width, size.height, this.view.layout, this.view.wipe, renderer.size[0]].join();
    if (place === this.placed) return;
    this.placed = place;
    this.#placeCanvas();
    this.#placeDivider();
  }

  /** The machine does not keep up: draw coarser while the film plays. */
  coarser() {
    this.fineness = Math.max(COARSEST, 0.8 * this.fineness);
  }

  lay(layout) {
    this.view.layout = layout;
    this.show();
  }

  compare(against) {
    this.view.against = against;
    this.show();
  }

  /** Bring labels and buttons in line with the layout, and draw. */
  show() {
    const { layout, against, zoom } = this.view;
    const two = layout === "wipe" || layout === "side";
    byId("wipe-row").style.visibility = layout === "wipe" ? "visible" : "hidden";
    byId("left-label").textContent = two || layout === "before" ? against : "";
    byId("right-label").textContent = layout === "before" ? "" : "after";
    byId("zoom").textContent = zoom.scale === 1 ? "Fit" : `${Math.round(100 * this.#dots())} %`;
    byId("zoom").setAttribute("aria-pressed", String(zoom.scale !== 1));
    for (const input of document.querySelectorAll("[name=layout]")) input.checked = input.value === layout;
    for (const input of document.querySelectorAll("[name=against]")) input.checked = input.value === against;
    this.draw();
  }

  /** From the whole picture to its pixels, one on one or twice as large as the whole; and back. */
  toggleZoom() {
    this.#near(this.view.zoom.scale === 1 ? Math.max(2, 1 / this.#dots(1)) : 1, [0.5, 0.5]);
  }

  fit() {
    this.#near(1, [0.5, 0.5]);
  }

  /** Dots of the screen for a pixel of the picture. */
  #dots(scale = this.view.zoom.scale) {
    const panes = this.view.layout === "side" ? 2 : 1;
    const dots = parseFloat(this.canvas.style.width) * (window.devicePixelRatio || 1);
    return (scale * dots) / (panes * Math.max(1, this.renderer.size[0]));
  }

  /** Where in its pane the pointer is, 0..1 from the left and from the top. */
  #place({ clientX, clientY }) {
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [(clientX - box.left) / box.width, (clientY - box.top) / box.height];
    return [this.view.layout === "side" ? (2 * x) % 1 : x, y];
  }

  /** Set the scale; what is at `place` of the pane stays there. */
  #near(wanted, place) {
    const { zoom } = this.view;
    const scale = within(wanted, 1, NEAREST);
    const centre = [zoom.x, zoom.y].map((at, axis) => at + (place[axis] - 0.5) * (1 / zoom.scale - 1 / scale));
    this.#look(scale, centre);
  }

  #look(scale, centre) {
    const half = 0.5 / scale; // of the picture in sight: its edge never leaves the pane's
    const [x, y] = centre.map((at) => within(at, half, 1 - half));
    this.view.zoom = scale < 1.01 ? FIT : { scale, x, y };
    this.show();
  }

  #drag(event) {
    const { layout, zoom } = this.view;
    if (layout === "wipe" && !event.shiftKey) {
      const box = this.canvas.getBoundingClientRect();
      this.#wipe(within((event.clientX - box.left) / box.width, 0, 1));
      byId("wipe").value = this.view.wipe;
    } else if (zoom.scale > 1) {
      const panes = layout === "side" ? 2 : 1;
      const moved = [(panes * event.movementX) / this.canvas.clientWidth, event.movementY / this.canvas.clientHeight];
      this.#look(zoom.scale, [zoom.x - moved[0] / zoom.scale, zoom.y - moved[1] / zoom.scale]);
    }
  }

  #wipe(place) {
    this.view.wipe = place;
    this.draw();
  }

  /** As large as the stage allows, whatever the picture's own size. */
  #placeCanvas() {
    const { style, width, height } = this.canvas;
    const scale = Math.min(this.size.width / width, this.size.height / height);
    style.width = `${width * scale}px`;
    style.height = `${height * scale}px`;
    style.left = `${(this.size.width - width * scale) / 2}px`;
    style.top = `${(this.size.height - height * scale) / 2}px`;
  }

  #placeDivider() {
    const divider = byId("divider");
    divider.hidden = this.view.layout !== "wipe" || !this.renderer.size[0];
    if (divider.hidden) return;
    const { canvas } = this;
    divider.style.left = `${canvas.offsetLeft + this.view.wipe * canvas.offsetWidth}px`;
    divider.style.top = `${canvas.offsetTop}px`;
    divider.style.height = `${canvas.offsetHeight}px`;
  }
}
