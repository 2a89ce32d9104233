/** What may stand on a sheet: an element of SVG. */
export type Mark = string;

/** Where something stands. */
export interface At {
  readonly x: number;
  readonly y: number;
}

/** A stretch of a sheet. */
export interface Box extends At {
  readonly width: number;
  readonly height: number;
}

const STYLE = `
    .paper { fill: #fbfaf7; stroke: #dcd7ce }
    text { font: 13px system-ui, sans-serif; fill: #22252b }
    .small { font-size: 11px } .faint { fill: #5c636e } .strong { font-weight: 600 } .mid { text-anchor: middle } .end { text-anchor: end }
    .box { fill: #ffffff; stroke: #b9b2a6 } .shut { fill: #ece8e0; stroke: none } .open { fill: #1d7a4f; stroke: none }
    .line { fill: none; stroke: #5c636e; stroke-width: 1.4 } .rule { stroke: #dcd7ce } .mark { fill: #9a3412; stroke: none } .wish { fill: none; stroke: #9a3412; stroke-width: 1.6 }
    .arrow { fill: none; stroke: #5c636e; stroke-width: 1.4; marker-end: url(#head) } .head { fill: #5c636e } .onopen { fill: #ffffff } .over { paint-order: stroke; stroke: #fbfaf7; stroke-width: 5px } .same { fill: #8a8f98; stroke: none }
    @media (prefers-color-scheme: dark) {
      .paper { fill: #1a1d23; stroke: #343a45 }
      text { fill: #e8e6e1 } .faint { fill: #a3aab6 }
      .box { fill: #23272f; stroke: #4a5160 } .shut { fill: #2a2f38 } .open { fill: #4fc38a }
      .line, .arrow { stroke: #a3aab6 } .head { fill: #a3aab6 } .rule { stroke: #343a45 } .mark { fill: #f5a97f } .wish { stroke: #f5a97f } .onopen { fill: #0c1712 } .over { stroke: #1a1d23 } .same { fill: #7d8591 }
    }`;

/** A whole picture; the sentence is what somebody hears who does not see it. */
export function sheet(size: Omit<Box, 'x' | 'y'>, sentence: string, marks: readonly Mark[]): string {
  const { width, height } = size;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(sentence)}">
  <style>${STYLE}
  </style>
  <defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path class="head" d="M0 0 8 4 0 8z"/></marker></defs>
  <rect class="paper" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10"/>
${marks.map((mark) => `  ${mark}`).join('\n')}
</svg>
`;
}

/** Words, from where they begin unless the class says otherwise. */
export const words = ({ x, y }: At, said: string, look = ''): Mark =>
  `<text${look === '' ? '' : ` class="${look}"`} x="${round(x)}" y="${round(y)}">${escaped(said)}</text>`;

/** A rectangle with its look. */
export const rectangle = ({ x, y, width, height }: Box, look: string, radius = 4): Mark =>
  `<rect class="${look}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${radius}"/>`;

/** A line through points; with the look `arrow` it has a head. */
export const through = (points: readonly At[], look: string): Mark =>
  `<polyline class="${look}" points="${points.map(({ x, y }) => `${round(x)},${round(y)}`).join(' ')}"/>`;

/** A dot. */
export const dot = ({ x, y }: At, look: string, radius = 5): Mark =>
  `<circle class="${look}" cx="${round(x)}" cy="${round(y)}" r="${radius}"/>`;

/** A box with words in its middle. */
export const titled = (box: Box, said: string, look = 'mid'): readonly Mark[] => [
  rectangle(box, 'box', 6),
  words({ x: box.x + box.width / 2, y: box.y + box.height / 2 + 4.5 }, said, look),
];

const round = (value: number): number => Math.round(value * 10) / 10;

const escaped = (said: string): string =>
  said.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
