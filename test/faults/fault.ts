import type { Spring } from './commit-trap.ts';
import type { CableState } from './network.ts';

/** What is done to whom. */
export type Deed =
  | { readonly kind: 'freeze' | 'kill'; readonly whom: Victim }
  /** The worker that is caught in the middle of it, in an open transaction, is frozen. */
  | { readonly kind: 'freeze inside'; readonly what: 'merge' | 'audience' }
  /** PostgreSQL is killed at the next COMMIT of a worker: before it hears of it, or before anybody hears that it did. */
  | ({ readonly kind: 'kill at commit' } & Spring)
  /** Temporal is killed and comes back knowing nothing. */
  | { readonly kind: 'forget' }
  | { readonly kind: 'fill'; readonly disk: Disk }
  /** The cable between two hosts delays, loses or drops what is sent. */
  | { readonly kind: 'cable'; readonly becomes: CableState }
  /** One host dies and comes back with the files that it had before. */
  | { readonly kind: 'old files' }
  /** The clock of one host is moved at once, or runs so much faster. */
  | { readonly kind: 'clock'; readonly jumpMs: number; readonly drift: number }
  /** No name is resolved; webhooks to many names wait meanwhile. */
  | { readonly kind: 'mute names' }
  | { readonly kind: 'trickle' };

/** Places that have a disk of their own. */
export type Disk = 'journal' | 'database' | 'logs';

/** Kinds of ground: how the processes are laid out, and what lies between them. */
export type GroundKind = 'usual' | 'commits' | 'disks' | 'hosts' | 'clocks' | 'names';

/** Who is struck; of a worker it is the one that conducts the campaign. */
export type Victim = 'worker' | 'api' | 'public' | 'postgres' | 'temporal' | 'operator';

/** One fault of the suite. */
export interface Fault {
  readonly name: string;
  /** What is done, as the table says it. */
  readonly what: string;
  readonly seconds: number;
  readonly deed: Deed;
  /**
   * Whether somebody healthy stands beside what is struck: then the rest goes on within 10 s of the fault's beginning,
   * else of its end.
   */
  readonly beside: boolean;
  /** It strikes the campaign alone: reminders of the other company go on from the beginning. */
  readonly othersBeside?: true;
  /** On which kind of ground it is made. */
  readonly ground: GroundKind;
  /** The hour of advertising ends in the middle of it. */
  readonly isAtClose?: true;
  /** The table of the short pass. */
  readonly isQuick?: true;
}

const SPANS = [5, 15, 75] as const;
const VICTIMS: Readonly<Record<Victim, { readonly called: string; readonly beside: boolean }>> = {
  worker: { called: 'the worker that conducts the campaign', beside: true },
  api: { called: 'an api', beside: true },
  public: { called: 'a public server', beside: true },
  postgres: { called: 'PostgreSQL', beside: false },
  temporal: { called: 'Temporal', beside: false },
  operator: { called: 'the operator of the campaign', beside: false },
};
const QUICK = new Set(['freeze-worker-15', 'freeze-public-15', 'kill-postgres-5', 'kill-worker-5']);

const signalled = (kind: 'freeze' | 'kill', whom: Victim, seconds: number): Fault => {
  const { called, beside } = VICTIMS[whom];
  const name = `${kind}-${whom}-${seconds}`;
  const what =
    kind === 'freeze' ? `SIGSTOP of ${called}` : `SIGKILL of ${called}, which is then started again`;
  const isQuick = QUICK.has(name) ? ({ isQuick: true } as const) : {};
  const others = whom === 'operator' ? ({ othersBeside: true } as const) : {};
  return { name, what, seconds, beside, ground: 'usual', deed: { kind, whom }, ...isQuick, ...others };
};

const signals: readonly Fault[] = (Object.keys(VICTIMS) as Victim[]).flatMap((whom) =>
  (['freeze', 'kill'] as const).flatMap((kind) => SPANS.map((seconds) => signalled(kind, whom, seconds))),
);

/** The same in the minute in which the hours of advertising end. */
function atClose(whom: Victim): Fault {
  const fault = signalled('freeze', whom, 15);
  return {
    ...fault,
    name: `${fault.name}-at-20`,
    what: `${fault.what}, over the end of the hours`,
    isAtClose: true,
  };
}

const inside = (what: 'merge' | 'audience', called: string): Fault => ({
  name: `freeze-in-${what}-75`,
  what: `SIGSTOP of a worker in the middle of ${called}`,
  seconds: 75,
  deed: { kind: 'freeze inside', what },
  beside: true,
  ground: 'usual',
});

const COMMITS = {
  mark: 'of the mark before messages leave',
  record: 'of the record of what the operator answered',
} as const;

const atCommit = ({ of, outcome }: Spring): Fault => ({
  name: `${of}-${outcome}`,
  what: `PostgreSQL killed at a COMMIT ${COMMITS[of]}, ${outcome === 'lost' ? 'which it never hears' : 'once it is done and before the answer'}`,
  seconds: 0,
  deed: { kind: 'kill at commit', of, outcome },
  beside: false,
  ground: 'commits',
});

const usual = { beside: false, ground: 'usual' } as const;
const hosts = { beside: true, ground: 'hosts' } as const;
const disks = { ground: 'disks', seconds: 15 } as const;
const clocks = { beside: true, ground: 'clocks', seconds: 15 } as const;
const HOUR_MS = 3_600_000;

/** Every fault, in the order of the table. */
export const FAULTS: readonly Fault[] = [
  ...signals,
  inside('merge', 'a merge of a file'),
  inside('audience', 'the freeze of an audience'),
  ...(['worker', 'postgres', 'temporal'] as const).map(atClose),
  ...(['mark', 'record'] as const).flatMap((of) => [
    atCommit({ of, outcome: 'lost' }),
    atCommit({ of, outcome: 'kept' }),
  ]),
  {
    name: 'temporal-empty',
    what: 'Temporal killed, and back with an empty database',
    seconds: 5,
    deed: { kind: 'forget' },
    ...usual,
  },
  {
    name: 'operator-trickles',
    what: 'the operator of the campaign answers two bytes a second',
    seconds: 15,
    deed: { kind: 'trickle' },
    othersBeside: true,
    ...usual,
  },
  {
    name: 'full-journal',
    what: 'the disk of the opt-out journal is full',
    deed: { kind: 'fill', disk: 'journal' },
    beside: true,
    ...disks,
  },
  {
    name: 'full-database',
    what: 'the disk of the database and of uploads is full',
    deed: { kind: 'fill', disk: 'database' },
    beside: false,
    ...disks,
  },
  {
    name: 'full-logs',
    what: 'the disk of the logs is full',
    deed: { kind: 'fill', disk: 'logs' },
    beside: true,
    ...disks,
  },
  {
    name: 'slow-cable',
    what: 'host b is reached after 200 to 400 ms, and every twentieth packet is lost',
    seconds: 15,
    deed: { kind: 'cable', becomes: { delayMs: 200, jitterMs: 200, loss: 0.05 } },
    ...hosts,
  },
  {
    name: 'cut-from-b',
    what: 'nothing that host b sends arrives',
    seconds: 15,
    deed: { kind: 'cable', becomes: { cut: ['b'] } },
    ...hosts,
  },
  {
    name: 'cut-to-b',
    what: 'nothing that is sent to host b arrives',
    seconds: 15,
    deed: { kind: 'cable', becomes: { cut: ['a'] } },
    ...hosts,
  },
  {
    name: 'cut-both-75',
    what: 'host b is cut off, and returns',
    seconds: 75,
    deed: { kind: 'cable', becomes: { cut: ['a', 'b'] } },
    ...hosts,
  },
  {
    name: 'old-files',
    what: 'host b dies, and returns with files of before',
    seconds: 15,
    deed: { kind: 'old files' },
    ...hosts,
    ground: 'usual',
  },
  {
    name: 'clock-forward',
    what: 'the clock of host b jumps three hours ahead',
    deed: { kind: 'clock', jumpMs: 3 * HOUR_MS, drift: 0 },
    ...clocks,
  },
  {
    name: 'clock-back',
    what: 'the clock of host b jumps three hours back',
    deed: { kind: 'clock', jumpMs: -3 * HOUR_MS, drift: 0 },
    ...clocks,
  },
  {
    name: 'clock-drifts',
    what: 'the clock of host b runs a fifth too fast',
    deed: { kind: 'clock', jumpMs: 0, drift: 0.2 },
    ...clocks,
  },
  {
    name: 'mute-names',
    what: 'DNS answers nothing while webhooks go to twenty names',
    seconds: 15,
    deed: { kind: 'mute names' },
    beside: true,
    ground: 'names',
  },
];
