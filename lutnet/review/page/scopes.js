// Waveform, RGB parade, vectorscope, histogram: each before (left) and after (right), from the same small sample.

const WIDE = 192;
const HIGH = 108;
const KINDS = [["waveform", "Waveform"], ["parade", "RGB parade"], ["vectorscope", "Vectorscope, skin line"], ["histogram", "Histogram"]];
const PLOT = [240, 160];
const SKIN_DEGREES = 123; // the +I axis of NTSC, on which all skin lies, in the plane of Cb and Cr
const CHANNELS = [[255, 80, 80], [80, 255, 80], [110, 130, 255]];

export class Scopes {
  constructor(parent) {
    this.plots = new Map();
    for (const [kind, label] of KINDS) {
      const figure = document.createElement("figure");
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [2 * PLOT[0] + 4, PLOT[1]];
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `${label}, before and after`);
      const caption = document.createElement("figcaption");
      caption.textContent = label;
      figure.append(canvas, caption);
      parent.append(figure);
      const context = canvas.getContext("2d", { willReadFrequently: false });
      this.plots.set(kind, { context, image: context.createImageData(canvas.width, canvas.height), counts: new Uint32Array(3 * PLOT[0] * PLOT[1]) });
    }
  }

  /** Measure what `renderer` shows now. */
  update(renderer) {
    if (!renderer.size[0]) return;
    const bytes = renderer.sample(WIDE, HIGH);
    for (const [kind, plot] of this.plots) {
      for (const side of [0, 1]) {
        plot.counts.fill(0);
        COUNTERS[kind](bytes, side * WIDE, plot.counts);
        paint(plot, side * (PLOT[0] + 4), kind);
      }
      plot.context.putImageData(plot.image, 0, 0);
      decorate(plot.context, kind);
    }
  }
}

/** Brightness of a place that `index` pixels fell on. */
const LIGHT = Float32Array.from({ length: 64 }, (_, index) => 1 - Math.exp(-index / 4));

/** Calls `see(x, r, g, b)` for every pixel of one half of the sample. */
function each(bytes, left, see) {
  for (let y = 0; y < HIGH; y += 1) {
    let at = (y * 2 * WIDE + left) * 4;
    for (let x = 0; x < WIDE; x += 1, at += 4) see(x, bytes[at], bytes[at + 1], bytes[at + 2]);
  }
}

const [W, H] = PLOT;
const row = (value) => H - 1 - ((value * (H - 1)) / 255 | 0);

const COUNTERS = {
  waveform(bytes, left, counts) {
    each(bytes, left, (x, r, g, b) => {
      const at = (row(0.2126 * r + 0.7152 * g + 0.0722 * b) * W + ((x * W) / WIDE | 0)) * 3;
      counts[at] += 1; counts[at + 1] += 1; counts[at + 2] += 1;
    });
  },
  parade(bytes, left, counts) {
    const third = W / 3;
    each(bytes, left, (x, r, g, b) => {
      const column = (x * third) / WIDE | 0;
      counts[(row(r) * W + column) * 3] += 2;
      counts[(row(g) * W + column + third) * 3 + 1] += 2;
      counts[(row(b) * W + column + 2 * third) * 3 + 2] += 2;
    });
  },
  vectorscope(bytes, left, counts) {
    const scale = (H - 4) / 255;
    each(bytes, left, (x, r, g, b) => {
      const luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
      const across = W / 2 + ((b - luma) / 1.8556) * scale | 0;
      const down = H / 2 - ((r - luma) / 1.5748) * scale | 0;
      const at = (down * W + across) * 3;
      counts[at] += 3; counts[at + 1] += 3; counts[at + 2] += 3;
    });
  },
  histogram(bytes, left, counts) {
    const bins = [new Uint32Array(W), new Uint32Array(W), new Uint32Array(W)];
    each(bytes, left, (x, r, g, b) => {
      bins[0][(r * (W - 1)) / 255 | 0] += 1;
      bins[1][(g * (W - 1)) / 255 | 0] += 1;
      bins[2][(b * (W - 1)) / 255 | 0] += 1;
    });
    const inner = bins.flatMap((bin) => [...bin.subarray(2, W - 2)]);
    const top = 1.1 * Math.max(1, ...inner); // clipped ends must not flatten everything else
    bins.forEach((bin, channel) => {
      for (let x = 0; x < W; x += 1) {
        const high = Math.min(H, Math.round((bin[x] / top) * H));
        for (let y = H - high; y < H; y += 1) counts[(y * W + x) * 3 + channel] = 12;
      }
    });
  },
};

function paint(plot, left, kind) {
  const { image, counts } = plot;
  const mono = kind === "waveform" || kind === "vectorscope";
  for (let y = 0; y < H; y += 1) {
    for (let x = 0; x < W; x += 1) {
      const from = (y * W + x) * 3;
      const to = (y * image.width + x + left) * 4;
      let red = 14, green = 14, blue = 14;
      for (let channel = 0; channel < 3; channel += 1) {
        const count = counts[from + channel];
        if (!count) continue;
        const light = LIGHT[Math.min(count, LIGHT.length - 1)];
        const tint = mono ? [235 / 3, 235 / 3, 235 / 3] : CHANNELS[channel];
        red += light * tint[0] * 0.9; green += light * tint[1] * 0.9; blue += light * tint[2] * 0.9;
      }
      image.data[to] = red; image.data[to + 1] = green; image.data[to + 2] = blue; image.data[to + 3] = 255;
    }
  }
}

function decorate(context, kind) {
  for (const left of [0, W + 4]) {
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
}
