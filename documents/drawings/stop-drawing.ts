import { sheet, through, titled, words, type Mark } from './drawing.ts';

const ACTORS = ['person', 'operator', 'api', 'PostgreSQL', 'worker', 'Temporal'] as const;
type Actor = (typeof ACTORS)[number];

const APART = 128;
const LEFT = 70;
const TOP = 50;
const ROW = 34;

/** What is said, by whom to whom; without a listener it is what the actor does. */
interface Told {
  readonly by: Actor;
  readonly to?: Actor;
  readonly what: string;
}

const STORY: readonly Told[] = [
  { by: 'person', to: 'operator', what: 'STOP' },
  { by: 'operator', to: 'api', what: 'callback' },
  { by: 'api', to: 'PostgreSQL', what: 'suppression first' },
  { by: 'PostgreSQL', what: 'committed: from here on nothing begins for this person' },
  { by: 'api', to: 'operator', what: '2xx' },
  { by: 'worker', to: 'PostgreSQL', what: 'may it leave?' },
  { by: 'PostgreSQL', to: 'worker', what: 'no: STOP' },
  { by: 'worker', to: 'Temporal', what: 'look again' },
  { by: 'Temporal', what: 'open series end' },
  { by: 'worker', to: 'operator', what: 'one answer, at any hour' },
  { by: 'operator', to: 'person', what: 'c’est noté' },
];

const xOf = (actor: Actor): number => LEFT + ACTORS.indexOf(actor) * APART;

/** What a STOP does, from the phone to the answer. */
export function stopDrawing(): string {
  const bottom = TOP + 46 + STORY.length * ROW;
  return sheet({ width: LEFT * 2 + (ACTORS.length - 1) * APART, height: bottom + 12 }, 'The way of a STOP.', [
    words({ x: 20, y: 28 }, 'A STOP: effective by one commit, whether Temporal runs or not', 'strong'),
    ...ACTORS.flatMap((actor) => lane(actor, bottom)),
    ...STORY.flatMap((told, row) => line(told, TOP + 66 + row * ROW)),
  ]);
}

const lane = (actor: Actor, bottom: number): readonly Mark[] => [
  through(
    [
      { x: xOf(actor), y: TOP + 28 },
      { x: xOf(actor), y: bottom },
    ],
    'line rule',
  ),
  ...titled({ x: xOf(actor) - 46, y: TOP, width: 92, height: 28 }, actor),
];

function line({ by, to, what }: Told, y: number): readonly Mark[] {
  if (to === undefined) return [words({ x: xOf(by), y }, what, 'small strong mid over')];
  const [from, end] = [xOf(by), xOf(to)];
  return [
    through(
      [
        { x: from, y },
        { x: end + (end > from ? -2 : 2), y },
      ],
      'arrow',
    ),
    words({ x: (from + end) / 2, y: y - 5 }, what, 'small mid over'),
  ];
}
