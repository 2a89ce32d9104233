import { sheet, through, titled, words, type At, type Box, type Mark } from './drawing.ts';

/** A step that a message may take. */
export interface Step {
  readonly from: string;
  readonly to: string;
}

const SIZE = { width: 112, height: 34 };
const PLACES: Readonly<Record<string, At>> = {
  ready: { x: 40, y: 118 },
  submitting: { x: 232, y: 118 },
  accepted: { x: 440, y: 60 },
  failed: { x: 440, y: 232 },
  uncertain: { x: 232, y: 208 },
  delivered: { x: 624, y: 60 },
  undelivered: { x: 624, y: 128 },
  excluded: { x: 40, y: 60 },
  expired: { x: 40, y: 208 },
};

/** The steps that the table of a page tells: `from` by row, `to` by commas. */
export function stepsIn(page: string): readonly Step[] {
  const rows = [...page.matchAll(/^\| ((?:`\w+`,? ?)+?)\s*\| ((?:`\w+`,? ?)+?)\s*\|/gm)];
  return rows.flatMap(([, from, to]) =>
    namesIn(from).flatMap((one) => namesIn(to).map((other) => ({ from: one, to: other }))),
  );
}

const namesIn = (cell = ''): string[] => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);

/** Every state of a message, and every step between two of them. */
export function ledgerDrawing(steps: readonly Step[]): string {
  return sheet({ width: 776, height: 310 }, 'The states of a message and the steps between them.', [
    words({ x: 24, y: 30 }, 'The states of one message; no step leads back from what happened', 'strong'),
    ...Object.entries(PLACES).flatMap(([state, at]) => titled(boxOf(at), state)),
    ...steps.flatMap((step) => arrow(step)),
    words(
      { x: 40, y: 290 },
      'uncertain: nobody knows whether it left; it is never sent again on the chance',
      'small faint',
    ),
  ]);
}

const boxOf = (at: At): Box => ({ ...at, ...SIZE });

function arrow({ from, to }: Step): readonly Mark[] {
  const [start, end] = [PLACES[from], PLACES[to]];
  if (start === undefined || end === undefined)
    throw new Error(`The drawing has no place for ${from} or ${to}.`);
  const shift =
    from === 'submitting' && to === 'ready' ? 8 : from === 'ready' && to === 'submitting' ? -8 : 0;
  return [
    through(
      between(boxOf(start), boxOf(end)).map(({ x, y }) => ({ x, y: y + shift })),
      'arrow',
    ),
  ];
}

/** From the edge of a box to the edge of another, by the nearest sides. */
function between(from: Box, to: Box): readonly [At, At] {
  const [a, b] = [middle(from), middle(to)];
  return [edge(from, b), edge(to, a)];
}

const middle = (box: Box): At => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

function edge(box: Box, towards: At): At {
  const { x, y } = middle(box);
  const [dx, dy] = [towards.x - x, towards.y - y];
  const scale = Math.min(
    dx === 0 ? Infinity : (box.width / 2 + 3) / Math.abs(dx),
    dy === 0 ? Infinity : (box.height / 2 + 3) / Math.abs(dy),
  );
  return { x: x + dx * scale, y: y + dy * scale };
}
