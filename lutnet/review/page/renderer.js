// One picture through one grade on one canvas. All arithmetic of a grade is in the shader; nothing here repeats it.

import { VERTEX, fragment } from "./shader.js";

const IDENTITY = { slope: [1, 1, 1], offset: [0, 0, 0], power: [1, 1, 1], saturation: 1 };

/** scale: of the whole picture; x, y: what is in the middle, 0..1 from the left and from the top. */
const WHOLE = { scale: 1, x: 0.5, y: 0.5 };

export class Renderer {
  constructor(canvas) {
    const options = { alpha: false, antialias: false, depth: false, preserveDrawingBuffer: false, desynchronized: false };
    const gl = canvas.getContext("webgl2", options);
    if (!gl) throw new Error("This browser has no WebGL2, without which no grade can be shown.");
    this.canvas = canvas;
    this.gl = gl;
    this.view = { layout: "after", against: "before", wipe: 0.5, zoom: WHOLE };
    this.cdl = IDENTITY;
    this.lut = null;
    this.size = [0, 0];
    this.referenceSize = null;
    this.uploads = 0; // pictures that went to the card: a slider must not add to it
    this.pictures = 0; // what was shown before the grade, counted: uploads and changes of the ways to the display
    // Pixels are code values: no colour management and no alpha may touch them on their way in.
    gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.disable(gl.DITHER);
    this.programs = new Map();
    this.picture = flat(gl, gl.LINEAR);
    this.reference = flat(gl, gl.LINEAR);
    this.colours = flat(gl, gl.NEAREST);
    this.table = gl.createTexture();
    this.transforms = { into: blank(gl, 3), view: blank(gl, 5) };
    this.targets = new Map();
    gl.bindVertexArray(gl.createVertexArray());
  }

  /** Show a still (ImageBitmap made without colour conversion) or the present frame of a video. */
  upload(source, width, height) {
    fill(this.gl, this.picture, source);
    this.size = [width, height];
    this.uploads += 1;
    this.pictures += 1;
  }

  uploadReference(source) {
    if (source) fill(this.gl, this.reference, source);
    this.referenceSize = source ? [source.width, source.height] : null;
  }

  /** cdl: slope, offset, power, saturation. lut: null, or what parseLut gave. */
  grade(cdl, lut) {
    this.cdl = cdl;
    if (lut && lut !== this.lut) cube(this.gl, this.table, lut.size, lut.table);
    this.lut = lut;
  }

  /** name: `into` (the grading space) or `view`. lattice: null, or what parseLattice gave. */
  through(name, lattice) {
    const { gl } = this;
    const own = this.transforms[name];
    if (own.lattice === lattice) return;
    own.lattice = lattice;
    this.pictures += 1;
    if (!lattice) return;
    bind(gl, gl.TEXTURE0 + own.unit, gl.TEXTURE_2D, own.curve);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, lattice.curve.length, 1, 0, gl.RED, gl.FLOAT, lattice.curve);
    settle(gl, gl.TEXTURE_2D, gl.NEAREST);
    cube(gl, own.table, lattice.size, lattice.table, gl.TEXTURE0 + own.unit + 1);
  }

  /** Draw to the canvas, at most `limit` pixels wide and high; without a limit in the picture's own size. */
  draw(limit = null) {
    const [width, height] = this.size;
    if (!width) return;
    const across = this.view.layout === "side" ? 2 * width : width;
    const most = this.view.zoom.scale > 1 ? Infinity : 1; // what is looked at closely takes all the dots there are
    const scale = limit ? Math.min(most, limit[0] / across, limit[1] / height) : 1;
    const wanted = [Math.max(1, Math.round(across * scale)), Math.max(1, Math.round(height * scale))];
    if (this.canvas.width !== wanted[0] || this.canvas.height !== wanted[1]) {
      [this.canvas.width, this.canvas.height] = wanted;
    }
    this.#run(null, wanted, this.picture, this.view);
  }

  /** The picture `before` or `after` the grade, RGBA bytes of width x height, bottom row first. */
  sample(layout, width, height) {
    return this.#read(this.picture, [width, height], { layout, against: "before", wipe: 0 });
  }

  /** Colours (RGBA bytes, width x height) through the grade, in the same order. */
  transform(colours, width, height) {
    const { gl } = this;
    bind(gl, gl.TEXTURE0, gl.TEXTURE_2D, this.colours);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, colours);
    const read = this.#read(this.colours, [width, height], { layout: "after", against: "before", wipe: 0 });
    const rows = new Uint8Array(read.length);
    for (let y = 0; y < height; y += 1) {
      rows.set(read.subarray((height - 1 - y) * width * 4, (height - y) * width * 4), y * width * 4);
    }
    return rows;
  }

  #read(picture, size, view) {
    const { gl } = this;
    this.#run(this.#target(size), size, picture, view);
    const bytes = new Uint8Array(size[0] * size[1] * 4);
    gl.readPixels(0, 0, size[0], size[1], gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    return bytes;
  }

  #target(size) {
    const { gl } = this;
    const key = size.join("x");
    if (!this.targets.has(key)) {
      const texture = flat(gl, gl.NEAREST);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, size[0], size[1], 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
      const target = gl.createFramebuffer();
      gl.bindFramebuffer(gl.FRAMEBUFFER, target);
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
      this.targets.set(key, target);
    }
    return this.targets.get(key);
  }

  #run(target, [width, height], picture, { layout, against, wipe, zoom = WHOLE }) {
    const { gl } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    const other = against === "reference" && this.referenceSize ? ["REFERENCE"] : [];
    const left = layout === "side" ? Math.floor(width / 2) : Math.round(wipe * width);
    gl.enable(gl.SCISSOR_TEST);
    const pane = (parts, box, seen) => this.#pane(parts, picture, nearer(box, zoom), seen);
    const [half, rest, all] = [[0, 0, left, height], [left, 0, width - left, height], [0, 0, width, height]];
    if (layout === "side") {
      pane(other, half, half);
      pane(["GRADE"], rest, rest);
    } else if (layout === "wipe") {
      pane(other, all, half);
      pane(["GRADE"], all, rest);
    } else pane(layout === "before" ? other : ["GRADE"], all, all);
  }

  /** One showing of the whole picture in `box`, of which `seen` is drawn; both left, bottom, width, height. */
  #pane(parts, picture, box, seen) {
    const { gl, cdl } = this;
    const lut = parts.includes("GRADE") && this.lut;
    // The plots are of the grade alone; a reference is as people see it already.
    const used = picture === this.colours || parts.includes("REFERENCE") ? [] : Object.entries(this.transforms).filter(([, own]) => own.lattice);
    const at = this.#use([...parts, ...(lut ? ["LUT"] : []), ...used.map(([name]) => name.toUpperCase())]);
    bind(gl, gl.TEXTURE0, gl.TEXTURE_2D, picture);
    bind(gl, gl.TEXTURE2, gl.TEXTURE_2D, this.reference);
    if (lut) {
      bind(gl, gl.TEXTURE1, gl.TEXTURE_3D, this.table);
      gl.uniform1i(at.lutSize, lut.size);
      gl.uniform3fv(at.lutLow, lut.low);
      gl.uniform3fv(at.lutHigh, lut.high);
    }
    for (const [name, { unit, curve, table, lattice }] of used) {
      bind(gl, gl.TEXTURE0 + unit, gl.TEXTURE_2D, curve);
      bind(gl, gl.TEXTURE0 + unit + 1, gl.TEXTURE_3D, table);
      gl.uniform2i(at[`${name}Points`], lattice.curve.length, lattice.size);
    }
    gl.uniform3fv(at.slope, cdl.slope);
    gl.uniform3fv(at.offset, cdl.offset);
    gl.uniform3fv(at.power, cdl.power);
    gl.uniform1f(at.saturation, cdl.saturation);
    gl.uniform2fv(at.referenceFit, this.#referenceFit());
    gl.viewport(...box);
    gl.scissor(...seen);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /** Use the program of `parts`, made when it is first needed; returns its uniforms by name. */
  #use(parts) {
    const { gl } = this;
    const key = parts.join(" ");
    if (this.programs.has(key)) {
      const { program, at } = this.programs.get(key);
      gl.useProgram(program);
      return at;
    }
    const program = linked(gl, fragment(parts));
    const at = new Proxy({}, { get: (known, name) => (name in known ? known[name] : (known[name] = gl.getUniformLocation(program, name))) });
    this.programs.set(key, { program, at });
    gl.useProgram(program);
    gl.uniform1i(at.picture, 0);
    gl.uniform1i(at.lut, 1);
    gl.uniform1i(at.reference, 2);
    for (const [name, { unit }] of Object.entries(this.transforms)) {
      gl.uniform1i(at[`${name}Curve`], unit);
      gl.uniform1i(at[`${name}Table`], unit + 1);
    }
    return at;
  }

  #referenceFit() {
    if (!this.referenceSize) return [1, 1];
    const aspect = this.referenceSize[0] / this.referenceSize[1] / (this.size[0] / this.size[1]);
    return aspect > 1 ? [1, 1 / aspect] : [aspect, 1];
  }
}

/** Where the whole picture lies, when that of it which `zoom` names fills the box. */
function nearer([left, bottom, width, height], { scale, x, y }) {
  const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
  return [Math.round(left + width / 2 - x * wide), Math.round(bottom + height / 2 - (1 - y) * high), wide, high];
}

/** A LUT as the server sends it: size, domain, then the table with red fastest; all float32. */
export function parseLut(buffer) {
  const values = new Float32Array(buffer);
  return { size: values[0], low: [...values.subarray(1, 4)], high: [...values.subarray(4, 7)], table: values.subarray(7) };
}

/** A transform behind a shaper, as the server sends it: points of both, curve, table with red fastest; all float32. */
export function parseLattice(buffer) {
  const values = new Float32Array(buffer);
  const points = values[0];
  return { size: values[1], curve: values.subarray(2, 2 + points), table: values.subarray(2 + points) };
}

/** An image as code values: neither its colour profile nor its alpha changes them. */
export async function decodeStill(blob) {
  return createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
}

function bind(gl, unit, kind, texture) {
  gl.activeTexture(unit);
  gl.bindTexture(kind, texture);
}

function fill(gl, texture, source) {
  bind(gl, gl.TEXTURE0, gl.TEXTURE_2D, texture);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, source);
}

function flat(gl, filter, unit = gl.TEXTURE0) {
  const texture = gl.createTexture();
  bind(gl, unit, gl.TEXTURE_2D, texture);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 1, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  settle(gl, gl.TEXTURE_2D, filter);
  return texture;
}

/** Textures of a transform that does nothing yet, on two units of their own. */
function blank(gl, unit) {
  const curve = flat(gl, gl.NEAREST, gl.TEXTURE0 + unit);
  return { unit, curve, table: cube(gl, gl.createTexture(), 2, new Float32Array(24), gl.TEXTURE0 + unit + 1), lattice: null };
}

function cube(gl, texture, size, table, unit = gl.TEXTURE1) {
  bind(gl, unit, gl.TEXTURE_3D, texture);
  gl.texImage3D(gl.TEXTURE_3D, 0, gl.RGB32F, size, size, size, 0, gl.RGB, gl.FLOAT, table);
  settle(gl, gl.TEXTURE_3D, gl.NEAREST);
  return texture;
}

function settle(gl, kind, filter) {
  gl.texParameteri(kind, gl.TEXTURE_MIN_FILTER, filter);
  gl.texParameteri(kind, gl.TEXTURE_MAG_FILTER, filter);
  for (const axis of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T, gl.TEXTURE_WRAP_R]) {
    gl.texParameteri(kind, axis, gl.CLAMP_TO_EDGE);
  }
}

function linked(gl, painting) {
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, painting]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) {
      throw new Error(`The shader does not compile: ${gl.getShaderInfoLog(shader)}`);
    }
  }
  gl.linkProgram(program);
  return program;
}
