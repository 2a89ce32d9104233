import { FLOORS } from '../floors.ts';
import type { Imports } from '../import-graph.ts';
import { rectangle, sheet, words, type Mark } from './drawing.ts';

const LAYERS = FLOORS.toReversed();
const PARTS = LAYERS.flat();
const CELL = 30;
const LEFT = 140;
const TOP = 132;

const placeOf = (part: string): number => PARTS.indexOf(part) * CELL;

/** Who takes what of whom: a row takes of a column; above the steps, as floors should. */
export function importDrawing(graph: readonly Imports[]): string {
  const side = PARTS.length * CELL;
  const size = { width: LEFT + side + 56, height: TOP + side + 46 };
  return sheet(size, 'Which folder imports which, counted in files.', [
    words({ x: 20, y: 28 }, 'Who imports whom: a row takes from a column', 'strong'),
    words(
      { x: 20, y: 46 },
      'Square: one or two files take values, up to ten, more. Dot: types alone. Red: of a higher floor.',
      'small faint',
    ),
    ...PARTS.flatMap((part) => heads(part, side)),
    ...LAYERS.map((layer) => square(layer)),
    ...graph.flatMap((one) => cell(one)),
    words(
      { x: 20, y: size.height - 16 },
      'Printed from the imports of src, workflows and activities.',
      'small faint',
    ),
  ]);
}

function heads(part: string, side: number): readonly Mark[] {
  const at = placeOf(part);
  const x = LEFT + at + CELL / 2 + 4;
  return [
    rectangle({ x: LEFT, y: TOP + at + 1, width: side, height: CELL - 2 }, 'shut', 3),
    words({ x: 20, y: TOP + at + 20 }, part),
    `<g transform="rotate(-50 ${x} ${TOP - 8})">${words({ x, y: TOP - 8 }, part, 'small')}</g>`,
  ];
}

/** The folders of one floor. */
function square(parts: readonly string[]): Mark {
  const at = placeOf(parts[0] ?? '');
  const side = parts.length * CELL;
  return rectangle({ x: LEFT + at, y: TOP + at, width: side, height: side }, 'box', 6);
}

const layerOf = (part: string): number => LAYERS.findIndex((parts) => parts.includes(part));

function lookOf({ from, to }: Imports): string {
  const down = layerOf(to) - layerOf(from);
  if (down === 0) return 'same';
  return down > 0 ? 'open' : 'mark';
}

/** The side of a square: it changes when the code changes its shape, not with every file. */
const sideOf = (values: number): number => (values > 10 ? 22 : values > 2 ? 15 : 8);

function cell(one: Imports): readonly Mark[] {
  const [x, y] = [LEFT + placeOf(one.to) + CELL / 2, TOP + placeOf(one.from) + CELL / 2];
  if (one.values === 0) return one.types === 0 ? [] : [words({ x, y: y + 5 }, '·', 'mid faint')];
  const side = sideOf(one.values);
  return [rectangle({ x: x - side / 2, y: y - side / 2, width: side, height: side }, lookOf(one), 3)];
}
