// The grade itself: where a cube of colours goes, and what becomes of the greys.

const SIDE = 16;
const RAMP = 256;
const WIDTH = 64;
const ROWS = (SIDE ** 3 + RAMP) / WIDTH;

const INPUTS = (() => {
  const bytes = new Uint8Array(WIDTH * ROWS * 4).fill(255);
  let at = 0;
  const put = (r, g, b) => { bytes[at] = r; bytes[at + 1] = g; bytes[at + 2] = b; at += 4; };
  for (let r = 0; r < SIDE; r += 1) for (let g = 0; g < SIDE; g += 1) for (let b = 0; b < SIDE; b += 1) put(r * 17, g * 17, b * 17);
  for (let v = 0; v < RAMP; v += 1) put(v, v, v);
  return bytes;
})();

export class Plots {
  constructor(cube, curves) {
    this.cube = cube;
    this.curves = curves;
    this.turn = [0.65, 0.45];
    this.outputs = INPUTS;
    let held = null;
    cube.addEventListener("pointerdown", (event) => { held = [event.clientX, event.clientY]; cube.setPointerCapture(event.pointerId); });
    cube.addEventListener("pointerup", () => { held = null; });
    cube.addEventListener("pointermove", (event) => {
      if (!held) return;
      this.#turned((event.clientX - held[0]) / 90, (event.clientY - held[1]) / 90);
      held = [event.clientX, event.clientY];
    });
    cube.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-0.15, 0], ArrowRight: [0.15, 0], ArrowUp: [0, -0.15], ArrowDown: [0, 0.15] }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      this.#turned(...step);
    });
  }

  /** Send the cube and the ramp through the grade that `renderer` has. */
  update(renderer) {
    this.outputs = renderer.transform(INPUTS, WIDTH, ROWS);
    this.#drawCube();
    this.#drawCurves();
  }

  #turned(across, down) {
    this.turn = [this.turn[0] + across, Math.max(-1.5, Math.min(1.5, this.turn[1] + down))];
    this.#drawCube();
  }

  #drawCube() {
    const context = this.cube.getContext("2d");
    const { width, height } = this.cube;
    const [cosA, sinA, cosB, sinB] = [Math.cos(this.turn[0]), Math.sin(this.turn[0]), Math.cos(this.turn[1]), Math.sin(this.turn[1])];
    const scale = height * 0.55;
    const project = (r, g, b) => {
      const x = (r - 0.5) * cosA - (b - 0.5) * sinA;
      const z = (r - 0.5) * sinA + (b - 0.5) * cosA;
      const y = (g - 0.5) * cosB - z * sinB;
      return [width / 2 + x * scale, height / 2 - y * scale, (g - 0.5) * sinB + z * cosB];
    };
    context.clearRect(0, 0, width, height);
    context.strokeStyle = "#666";
    context.beginPath();
    for (const [from, to] of EDGES) {
      context.moveTo(...project(...from).slice(0, 2));
      context.lineTo(...project(...to).slice(0, 2));
    }
    context.stroke();
    const points = [];
    for (let at = 0; at < SIDE ** 3 * 4; at += 4) {
      const [r, g, b] = this.outputs.subarray(at, at + 3);
      points.push([...project(r / 255, g / 255, b / 255), `rgb(${r} ${g} ${b})`]);
    }
    points.sort((one, two) => one[2] - two[2]);
    for (const [x, y, , fill] of points) {
      context.fillStyle = fill;
      context.fillRect(x - 1, y - 1, 2.2, 2.2);
    }
  }

  #drawCurves() {
    const context = this.curves.getContext("2d");
    const { width, height } = this.curves;
    context.clearRect(0, 0, width, height);
    context.strokeStyle = "#555";
    context.beginPath();
    context.moveTo(0, height);
    context.lineTo(width, 0);
    context.stroke();
    ["#ff7070", "#70e070", "#8fa0ff"].forEach((stroke, channel) => {
      context.strokeStyle = stroke;
      context.lineWidth = 1.5;
      context.beginPath();
      for (let v = 0; v < RAMP; v += 1) {
        const out = this.outputs[(SIDE ** 3 + v) * 4 + channel];
        context.lineTo((v / 255) * width, height - (out / 255) * height);
      }
      context.stroke();
    });
    context.lineWidth = 1;
  }
}

const CORNERS = [0, 1].flatMap((r) => [0, 1].flatMap((g) => [0, 1].map((b) => [r, g, b])));
const EDGES = CORNERS.flatMap((one) => CORNERS.filter((two) => two.reduce((sum, v, axis) => sum + v - one[axis], 0) === 1 && two.every((v, axis) => v >= one[axis])).map((two) => [one, two]));
