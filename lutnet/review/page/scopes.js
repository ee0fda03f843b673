// Waveform, RGB parade, vectorscope, histogram: each before (left) and after (right), from the same small picture.

const WIDE = 240; // as many columns as a plot has: fewer would leave stripes, more would not be seen
const HIGH = 90;
const KINDS = [["waveform", "Waveform"], ["parade", "RGB parade"], ["vectorscope", "Vectorscope, skin line"], ["histogram", "Histogram"]];
const PLOT = [WIDE, 160];
const GAP = 4;
const SKIN_DEGREES = 123; // the +I axis of NTSC, on which all skin lies, in the plane of Cb and Cr
const CHANNELS = [[255, 80, 80], [80, 255, 80], [110, 130, 255]];

export class Scopes {
  constructor(parent) {
    this.plots = new Map();
    for (const [kind, label] of KINDS) {
      const figure = document.createElement("figure");
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [2 * PLOT[0] + GAP, PLOT[1]];
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `${label}, before and after`);
      const caption = document.createElement("figcaption");
      caption.textContent = label;
      figure.append(canvas, caption);
      parent.append(figure);
      // Pixels are written on every change: a canvas in the card's memory would have to be sent there each time.
      const context = canvas.getContext("2d", { willReadFrequently: true });
      const image = context.createImageData(canvas.width, canvas.height);
      const pixels = new Uint32Array(image.data.buffer).fill(GROUND);
      context.putImageData(image, 0, 0);
      this.plots.set(kind, { context, image, pixels });
    }
    this.measured = -1; // the picture whose state before the grade is painted
  }

  /** Measure what `renderer` shows now. A change of the grade leaves the picture before it, and its half, as they are. */
  update(renderer) {
    if (!renderer.size[0]) return;
    if (this.measured !== renderer.pictures) {
      this.measured = renderer.pictures;
      this.#paint(renderer.sample("before", WIDE, HIGH), 0);
    }
    this.#paint(renderer.sample("after", WIDE, HIGH), W + GAP);
  }

  #paint(bytes, left) {
    for (const [kind, { context, image, pixels }] of this.plots) {
      PAINTERS[kind](bytes, pixels, left);
      context.putImageData(image, 0, 0, left, 0, W, H);
      decorate(context, kind, left);
    }
  }
}

const [W, H] = PLOT;
const ACROSS = 2 * W + GAP;
const rgba = (r, g, b) => (0xff000000 | (Math.min(255, b) << 16) | (Math.min(255, g) << 8) | Math.min(255, r)) >>> 0;
const GROUND = rgba(14, 14, 14);

/** The colours of places that 0, 1, 2... pixels fell on, in the light of `tint`. */
function glow(tint) {
  return Uint32Array.from({ length: 64 }, (_, count) => {
    const light = 0.9 * (1 - Math.exp(-count / 4));
    return rgba(...tint.map((value) => 14 + light * value | 0));
  });
}
const WHITE = glow([235, 235, 235]);
const COLOURS = CHANNELS.map(glow);
/** Of a histogram's place, by the channels that reach it (1 red, 2 green, 4 blue). */
const MIXED = Uint32Array.from({ length: 8 }, (_, set) => rgba(...[0, 1, 2].map((axis) =>
  14 + CHANNELS.reduce((sum, tint, channel) => sum + (set >> channel & 1) * 0.85 * tint[axis], 0) | 0)));

const counts = new Uint16Array(W * H); // of the plot in hand
const ROWS = Int32Array.from({ length: 256 }, (_, value) => (H - 1 - ((value * (H - 1)) / 255 | 0)) * W);

/** Calls `see(x, r, g, b)` for every pixel of the sample. */
function each(bytes, see) {
  for (let y = 0, at = 0; y < HIGH; y += 1) {
    for (let x = 0; x < WIDE; x += 1, at += 4) see(x, bytes[at], bytes[at + 1], bytes[at + 2]);
  }
}

/** Paint the counts of columns `from` up to `end`, and forget them. */
function paint(pixels, left, light, from = 0, end = W) {
  for (let y = 0; y < H; y += 1) {
    for (let x = from, at = y * W + from, to = y * ACROSS + left + from; x < end; x += 1, at += 1, to += 1) {
      const count = counts[at];
      pixels[to] = count ? light[count < 63 ? count : 63] : GROUND;
      counts[at] = 0;
    }
  }
}

const PAINTERS = {
  waveform(bytes, pixels, to) {
    each(bytes, (x, r, g, b) => { counts[ROWS[0.2126 * r + 0.7152 * g + 0.0722 * b | 0] + x] += 1; });
    paint(pixels, to, WHITE);
  },
  parade(bytes, pixels, to) {
    const third = W / 3;
    each(bytes, (x, r, g, b) => {
      const column = x / 3 | 0;
      counts[ROWS[r] + column] += 2;
      counts[ROWS[g] + column + third] += 2;
      counts[ROWS[b] + column + 2 * third] += 2;
    });
    COLOURS.forEach((light, channel) => paint(pixels, to, light, channel * third, (channel + 1) * third));
  },
  vectorscope(bytes, pixels, to) {
    const scale = (H - 4) / 255;
    each(bytes, (x, r, g, b) => {
      const luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
      const across = W / 2 + ((b - luma) / 1.8556) * scale | 0;
      const down = H / 2 - ((r - luma) / 1.5748) * scale | 0;
      counts[down * W + across] += 3;
    });
    paint(pixels, to, WHITE);
  },
  histogram(bytes, pixels, to) {
    const bins = [new Uint32Array(W), new Uint32Array(W), new Uint32Array(W)];
    each(bytes, (x, r, g, b) => {
      bins[0][(r * (W - 1)) / 255 | 0] += 1;
      bins[1][(g * (W - 1)) / 255 | 0] += 1;
      bins[2][(b * (W - 1)) / 255 | 0] += 1;
    });
    let most = 1; // clipped ends must not flatten everything else
    for (const bin of bins) for (let x = 2; x < W - 2; x += 1) most = Math.max(most, bin[x]);
    const floors = bins.map((bin) => bin.map((count) => H - Math.min(H, Math.round((count / (1.1 * most)) * H))));
    for (let y = 0; y < H; y += 1) {
      for (let x = 0, at = y * ACROSS + to; x < W; x += 1, at += 1) {
        pixels[at] = MIXED[(y >= floors[0][x]) | ((y >= floors[1][x]) << 1) | ((y >= floors[2][x]) << 2)];
      }
    }
  },
};

function decorate(context, kind, left) {
  context.strokeStyle = "#ffffff2e";
  context.beginPath();
  if (kind === "vectorscope") {
    const radius = H / 2 - 3;
    context.arc(left + W / 2, H / 2, radius, 0, 2 * Math.PI);
    context.moveTo(left + W / 2 - radius, H / 2); context.lineTo(left + W / 2 + radius, H / 2);
    context.moveTo(left + W / 2, 3); context.lineTo(left + W / 2, H - 3);
    context.stroke();
    context.beginPath();
    context.strokeStyle = "#ffd9b8b0";
    const angle = (SKIN_DEGREES * Math.PI) / 180;
    context.moveTo(left + W / 2, H / 2);
    context.lineTo(left + W / 2 + radius * Math.cos(angle), H / 2 - radius * Math.sin(angle));
  } else if (kind !== "histogram") {
    for (const share of [0.25, 0.5, 0.75]) {
      context.moveTo(left, Math.round(H * share) + 0.5); context.lineTo(left + W, Math.round(H * share) + 0.5);
    }
  }
  context.stroke();
}
