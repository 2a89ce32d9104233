import { filesOf, LAYERS, type Imports } from '../import-graph.ts';
import { rectangle, sheet, words, type Mark } from './drawing.ts';

const PARTS = LAYERS.flatMap(({ parts }) => parts);
const CELL = 30;
const LEFT = 186;
const TOP = 132;

const placeOf = (part: string): number => PARTS.indexOf(part) * CELL;

/** Who takes what of whom: a row takes of a column; above the steps, as layers should. */
export function importDrawing(graph: readonly Imports[]): string {
  const side = PARTS.length * CELL;
  const size = { width: LEFT + side + 56, height: TOP + side + 46 };
  return sheet(size, 'Which folder imports which, counted in files.', [
    words({ x: 20, y: 28 }, 'Who imports whom: a row takes from a column', 'strong'),
    words(
      { x: 20, y: 46 },
      'Number: files that take values; dot: types alone. Framed: one layer. Green: from a layer below. Red: from one above.',
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
    words({ x: LEFT - 12, y: TOP + at + 20 }, `${filesOf(part)} files`, 'small faint end'),
    `<g transform="rotate(-50 ${x} ${TOP - 8})">${words({ x, y: TOP - 8 }, part, 'small')}</g>`,
  ];
}

/** The folders of one layer, which may know each other. */
function square({ parts }: (typeof LAYERS)[number]): Mark {
  const at = placeOf(parts[0] ?? '');
  const side = parts.length * CELL;
  return rectangle({ x: LEFT + at, y: TOP + at, width: side, height: side }, 'box', 6);
}

const layerOf = (part: string): number => LAYERS.findIndex(({ parts }) => parts.includes(part));

function lookOf({ from, to }: Imports): string {
  const down = layerOf(to) - layerOf(from);
  if (down === 0) return 'same';
  return down > 0 ? 'open' : 'mark';
}

function cell({ from, to, values, types }: Imports): readonly Mark[] {
  const [x, y] = [LEFT + placeOf(to), TOP + placeOf(from)];
  if (values === 0) return types === 0 ? [] : [words({ x: x + CELL / 2, y: y + 20 }, '·', 'mid faint')];
  const box = { x: x + 3, y: y + 4, width: CELL - 6, height: CELL - 8 };
  return [
    rectangle(box, lookOf({ from, to, values, types }), 4),
    words({ x: x + CELL / 2, y: y + 19.5 }, String(values), 'small mid onopen'),
  ];
}
