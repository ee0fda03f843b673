// The grade on the graphics card: ASC CDL v1.2 (clamping), then the LUT, tetrahedrally, as lutnet.ops has them.
//
// One program for each combination of parts: cards (and still more what stands in for one) may run both sides of a branch.

export const VERTEX = `#version 300 es
out vec2 place;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0;
  place = vec2(corner.x, 1.0 - corner.y);
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;

/** parts: of REFERENCE, GRADE, LUT, INTO, VIEW; without the first two the picture is shown ungraded. */
export const fragment = (parts) => `#version 300 es
${parts.map((part) => `#define ${part} 1`).join("\n")}
precision highp float;
precision highp int;
precision highp sampler2D;
precision highp sampler3D;
in vec2 place;
out vec4 colour;
uniform sampler2D picture;
uniform sampler2D reference;
uniform sampler3D lut;
uniform sampler2D intoCurve, viewCurve;   // shapers of the way into the grading space, and of its view
uniform sampler3D intoTable, viewTable;
uniform ivec2 intoPoints, viewPoints;     // of curve and table
uniform int lutSize;
uniform vec3 lutLow, lutHigh; // the inputs of its first and its last point
uniform vec3 slope, offset, power;
uniform float saturation;
uniform vec2 referenceFit;    // size of the reference in the picture's frame, at most 1

const vec3 LUMA = vec3(0.2126, 0.7152, 0.0722);

vec3 tetrahedral(sampler3D table, int size, vec3 c) {
  vec3 at = clamp(c, 0.0, 1.0) * float(size - 1);
  vec3 cell = min(floor(at), float(size - 2));
  vec3 f = at - cell;
  ivec3 low = ivec3(cell);
  // From the cell's lowest corner along the axes, the largest fraction first: the tetrahedron that holds the colour.
  vec3 above = step(f.yzx, f);             // r >= g, g >= b, b >= r
  vec3 first = above * (1.0 - above.zxy);      // the axis of the largest fraction
  vec3 last = (1.0 - above) * above.zxy;       // the axis of the smallest
  float high = max(f.r, max(f.g, f.b));
  float down = min(f.r, min(f.g, f.b));
  float middle = max(min(f.r, f.g), min(max(f.r, f.g), f.b));
  return texelFetch(table, low, 0).rgb * (1.0 - high) + texelFetch(table, low + ivec3(first), 0).rgb * (high - middle)
       + texelFetch(table, low + ivec3(1.0 - last), 0).rgb * (middle - down) + texelFetch(table, low + ivec3(1), 0).rgb * down;
}

float shaped(sampler2D curve, int points, float value) {
  float at = clamp(value, 0.0, 1.0) * float(points - 1);
  int low = min(int(at), points - 2);
  return mix(texelFetch(curve, ivec2(low, 0), 0).r, texelFetch(curve, ivec2(low + 1, 0), 0).r, at - float(low));
}

vec3 developed(vec3 c) {
#ifdef INTO
  int n = intoPoints.x;
  c = tetrahedral(intoTable, intoPoints.y, vec3(shaped(intoCurve, n, c.r), shaped(intoCurve, n, c.g), shaped(intoCurve, n, c.b)));
#endif
  return c;
}

vec3 viewed(vec3 c) {
#ifdef VIEW
  int n = viewPoints.x;
  c = tetrahedral(viewTable, viewPoints.y, vec3(shaped(viewCurve, n, c.r), shaped(viewCurve, n, c.g), shaped(viewCurve, n, c.b)));
#endif
  return c;
}

vec3 graded(vec3 c) {
  vec3 base = clamp(c * slope + offset, 0.0, 1.0);
  vec3 raised = mix(pow(max(base, 1e-30), power), vec3(0.0), equal(base, vec3(0.0)));
  float luma = dot(raised, LUMA);
  vec3 done = clamp(luma + saturation * (raised - luma), 0.0, 1.0);
#ifdef LUT
  done = tetrahedral(lut, lutSize, (done - lutLow) / (lutHigh - lutLow));
#endif
  return done;
}

vec3 referred(vec2 at) {
  vec2 inside = (at - 0.5) / referenceFit + 0.5;
  bool outside = any(lessThan(inside, vec2(0.0))) || any(greaterThan(inside, vec2(1.0)));
  return outside ? vec3(0.0) : texture(reference, inside).rgb;
}

void main() {
#if defined(REFERENCE)
  colour = vec4(referred(place), 1.0);
#elif defined(GRADE)
  colour = vec4(viewed(graded(developed(texture(picture, place).rgb))), 1.0);
#else
  colour = vec4(viewed(developed(texture(picture, place).rgb)), 1.0);
#endif
}`;
